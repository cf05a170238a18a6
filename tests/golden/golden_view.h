/* Written by gen_ops1.py with PyTorch 2.15.0; do not edit. */
/* clang-format off */
static const double view_0_in0[] = { -0.214, -1.378, -0.055, 0.452, 0.786, -1.088, -0.56, -0.934, 0.048, -0.084, -0.147, 0.759 };
static const double view_0_out0[] = { -0.214, -1.378, -0.055, 0.452, 0.786, -1.088, -0.56, -0.934, 0.048, -0.084, -0.147, 0.759 };
static const double view_0_g[] = { 0.147, -1.004, -0.788, -0.807, -0.296, -0.146, 0.364, 0.433, 0.59, -1.257, 0.441, -0.278 };
static const double view_0_grad0[] = { 0.147, -1.004, -0.788, -0.807, -0.296, -0.146, 0.364, 0.433, 0.59, -1.257, 0.441, -0.278 };
static const double view_1_in0[] = { -0.259, -0.472, 1.056, 0.568, 0.966, 0.483, 1.957, -0.366, -0.227, 0.281, 0.459, 0.586 };
static const double view_1_out0[] = { -0.472, 1.056, 0.483, 1.957, 0.281, 0.459 };
static const double view_1_g[] = { 0.347, -1.345, 0.247, -0.771, -0.296, 0.012 };
static const double view_1_grad0[] = { 0, 0.347, -1.345, 0, 0, 0.247, -0.771, 0, 0, -0.296, 0.012, 0 };
static const double view_2_in0[] = { -0.585, -0.821, -0.786, -0.782, -0.97, -0.178, -0.143, 0.171, -0.567, -0.362, 0.537, -0.222 };
static const double view_2_out0[] = { -0.585, -0.143, -0.821, 0.171, -0.786, -0.567, -0.782, -0.362, -0.97, 0.537, -0.178, -0.222 };
static const double view_2_g[] = { -0.009, -0.855, -0.575, -1.242, -0.261, -1.649, -0.292, 1.326, -0.688, -1.031, 0.287, 0.432 };
static const double view_2_grad0[] = { -0.009, -0.575, -0.261, -0.292, -0.688, 0.287, -0.855, -1.242, -1.649, 1.326, -1.031, 0.432 };
static const double view_3_in0[] = { -0.22 };
static const double view_3_out0[] = { -0.22 };
static const double view_3_g[] = { 0.109 };
static const double view_3_grad0[] = { 0.109 };
static const double view_4_in0[] = { 0 };
static const double view_4_out0[] = { 0 };
static const double view_4_g[] = { 0 };
static const double view_4_grad0[] = { 0 };
static const double view_5_in0[] = { -1.295, 0.572, -0.15, -0.282, 0.82, 0.94, 1.18, 0.067, -1.984, 0.422, 0.319, -1.041 };
static const double view_5_out0[] = { -1.295, 0.572, -0.15, -0.282, 0.82, 0.94, 1.18, 0.067, -1.984, 0.422, 0.319, -1.041 };
static const double view_5_g[] = { -0.592, 0.668, -1.419, 0.234, 0.218, 0.108, -1.283, -0.697, -0.504, 2.102, 0.258, -0.982 };
static const double view_5_grad0[] = { -0.592, 0.668, -1.419, 0.234, 0.218, 0.108, -1.283, -0.697, -0.504, 2.102, 0.258, -0.982 };
static const double view_6_in0[] = { -1.171 };
static const double view_6_out0[] = { -1.171 };
static const double view_6_g[] = { -0.351 };
static const double view_6_grad0[] = { -0.351 };
static const double view_7_in0[] = { 1.444, -0.749, -1.763, 1.089, 1.264, 0.947, 0.362, -0.186, 0.184, -0.083, -0.432, -0.164 };
static const double view_7_out0[] = { 1.444, -0.749, -1.763, 1.089, 1.264, 0.947, 0.362, -0.186, 0.184, -0.083, -0.432, -0.164 };
static const double view_7_g[] = { 1.139, -0.788, -0.307, -0.831, 0.251, -0.002, 0.087, -0.13, 0.127, 0.158, 0.857, -1.265 };
static const double view_7_grad0[] = { 1.139, -0.788, -0.307, -0.831, 0.251, -0.002, 0.087, -0.13, 0.127, 0.158, 0.857, -1.265 };
static const double view_8_in0[] = { -0.375, 0.887 };
static const double view_8_out0[] = { -0.375, 0.887 };
static const double view_8_g[] = { -0.843, -0.829 };
static const double view_8_grad0[] = { -0.843, -0.829 };
static const double view_9_in0[] = { -1.728, 0.473 };
static const double view_9_out0[] = { -1.728, 0.473 };
static const double view_9_g[] = { 0.033, 0.22 };
static const double view_9_grad0[] = { 0.033, 0.22 };
static const double view_10_in0[] = { 0.175, -0.272, 0.257, 0.466, -1.221, -0.969 };
static const double view_10_out0[] = { 0.175, -0.272, 0.257, 0.466, -1.221, -0.969 };
static const double view_10_g[] = { 1.137, -0.392, -0.974, -0.205, -0.968, 0.934 };
static const double view_10_grad0[] = { 1.137, -0.392, -0.974, -0.205, -0.968, 0.934 };
static const double view_11_in0[] = { -0.619, 0.979, -0.056, -0.448, -1.811, 1.667, 0.265, -0.541, -3.293, 0.505, -0.759, 0.802 };
static const double view_11_out0[] = { -0.619, 0.265, -0.056, -3.293, -1.811, -0.759, 0.979, -0.541, -0.448, 0.505, 1.667, 0.802 };
static const double view_11_g[] = { -0.598, 0.677, -0.066, -0.054, -0.691, -1.589, -0.528, -1.482, -0.119, -0.963, 0.087, -1.121 };
static const double view_11_grad0[] = { -0.598, -0.528, -0.066, -0.119, -0.691, 0.087, 0.677, -1.482, -0.054, -0.963, -1.589, -1.121 };
static const double view_12_in0[] = { -0.619, 0.878, -0.36, -0.871, -0.795, -2.907, 2.841, 0.726, -0.987, 0.712, -0.6, 0.792 };
static const double view_12_out0[] = { -0.619, -0.36, -0.795, 2.841, -0.987, -0.6, 0.878, -0.871, -2.907, 0.726, 0.712, 0.792 };
static const double view_12_g[] = { -0.315, 2.058, -0.713, -0.09, 0.552, -0.712, 0.957, -0.7, -0.396, -0.068, 0.531, -0.543 };
static const double view_12_grad0[] = { -0.315, 0.957, 2.058, -0.7, -0.713, -0.396, -0.09, -0.068, 0.552, 0.531, -0.712, -0.543 };
static const double view_13_in0[] = { 1.366, -0.073 };
static const double view_13_out0[] = { 1.366, 1.366, 1.366, -0.073, -0.073, -0.073, 1.366, 1.366, 1.366, -0.073, -0.073, -0.073 };
static const double view_13_g[] = { 1.867, -1.384, 0.213, -0.423, -0.821, 0.031, -0.617, -0.684, -0.949, 0.034, -0.324, -0.025 };
static const double view_13_grad0[] = { -1.554, -1.528 };
static const double view_14_in0[] = { 0.786 };
static const double view_14_out0[] = { 0.786, 0.786, 0.786, 0.786 };
static const double view_14_g[] = { 0.266, 1.615, -1.002, -0.378 };
static const double view_14_grad0[] = { 0.501 };
static const double view_15_in0[] = { -1.679, 0.936, 1.735, 0.084, 0.45, 0.301, -0.887, -0.346, -0.625, -1.184, -1.086, 1.432 };
static const double view_15_out0[] = { 1.735, 0.084, -0.625, -1.184 };
static const double view_15_g[] = { -2.532, 1.047, 1.021, 0.906 };
static const double view_15_grad0[] = { 0, 0, -2.532, 1.047, 0, 0, 0, 0, 1.021, 0.906, 0, 0 };
static const double view_16_in0[] = { -0.424, 0.855, 1.489, 1.044, 0.36, 1.021, -0.414, 1.194, -0.355, -0.239, -0.157, -0.473, 0.851, 0.793 };
static const double view_16_out0[] = { 0.855, 1.044, 1.021, -0.355, -0.157, 0.851 };
static const double view_16_g[] = { 0.61, -0.526, -0.035, 2.593, -1.247, 0.491 };
static const double view_16_grad0[] = { 0, 0.61, 0, -0.526, 0, -0.035, 0, 0, 2.593, 0, -1.247, 0, 0.491, 0 };
static const double view_17_in0[] = { -0.212, 0.691, -0.188 };
static const double view_17_out0[] = { -0.212, 0.691, -0.188 };
static const double view_17_g[] = { -1.277, 0.686, 1.34 };
static const double view_17_grad0[] = { -1.277, 0.686, 1.34 };
static const double view_18_in0[] = { 0.732, 0.665, -0.853, -0.385, -0.514, -0.627 };
static const double view_18_out0[] = { 0 };
static const double view_18_g[] = { 0 };
static const double view_18_grad0[] = { 0, 0, 0, 0, 0, 0 };
static const double view_19_in0[] = { 1.445, 2.107, -0.582, 1.074, -0.48, -0.699 };
static const double view_19_out0[] = { -0.582, 1.074, -0.48, -0.699 };
static const double view_19_g[] = { -0.973, 1.49, -1.742, 0.417 };
static const double view_19_grad0[] = { 0, 0, -0.973, 1.49, -1.742, 0.417 };
static const double view_20_in0[] = { -0.282, -0.32, -1.068, -1.349, 0.092 };
static const double view_20_out0[] = { 0.184, -2.136, -2.698, -0.564, -0.64 };
static const double view_20_g[] = { 0.489, -0.467, -0.296, -0.523, -0.53 };
static const double view_20_grad0[] = { -1.046, -1.06, -0.934, -0.592, 0.978 };
static const double view_21_in0[] = { -0.089, 0.712, 1.067, -0.024, -1.313, 0.582, -0.686, 0.552, -2.302, -1.701 };
static const double view_21_out0[] = { 0.712, 1.067, -0.024, -0.686, 0.552, -2.302 };
static const double view_21_g[] = { 0.848, 0.962, -0.212, -0.274, 1.194, 0.969 };
static const double view_21_grad0[] = { 0, 0.848, 0.962, -0.212, 0, 0, -0.274, 1.194, 0.969, 0 };
static const double view_22_in0[] = { -0.225, -0.091, -2.039, -0.645, -1.847, 0.278, -0.396 };
static const double view_22_out0[] = { -0.396, -0.645, -1.847, 0.278, -0.225, -0.091, -2.039 };
static const double view_22_g[] = { 1.257, 0.776, 0.435, 0.767, 0.584, 0.656, -0.589 };
static const double view_22_grad0[] = { 0.584, 0.656, -0.589, 0.776, 0.435, 0.767, 1.257 };
static const double view_23_in0[] = { 1.129, -0.871, 0.6, -1.997, 0.57, 0.417 };
static const double view_23_out0[] = { 1.129, -1.997, -0.871, 0.57, 0.6, 0.417 };
static const double view_23_g[] = { -0.074, -0.242, -1.075, -1.318, 0.552, 0.452 };
static const double view_23_grad0[] = { -0.074, -1.075, 0.552, -0.242, -1.318, 0.452 };
static const double view_24_in0[] = { -1.398, -0.34, 0.561, -0.182, -0.503, 1.193, -0.22, 0.115, 1.239, 1.625, -0.133, 0.509, 0.217, -2.385, 0.415, -0.702, 0.458, 2.097, 1.702, 0.124, -0.585, -0.83, -0.752, -1.267 };
static const double view_24_out0[] = { -2.796, -0.68, 1.122, -0.364, -1.006, 2.386, -0.44, 0.23, 2.478, 3.25, -0.266, 1.018, 0.434, -4.77, 0.83, -1.404, 0.916, 4.194, 3.404, 0.248, -1.17, -1.66, -1.504, -2.534 };
static const double view_24_g[] = { 0.87, 0.698, -0.939, -2.513, 0.077, 0.446, 0.554, -0.565, -1.455, 2.496, 0.327, 0.229, -0.433, -0.507, 0.715, 0.838, 0.888, 0.354, 1.77, -0.458, -1.274, -1.05, 0.714, 0.375 };
static const double view_24_grad0[] = { 1.74, 1.396, -1.878, -5.026, 0.154, 0.892, 1.108, -1.13, -2.91, 4.992, 0.654, 0.458, -0.866, -1.014, 1.43, 1.676, 1.776, 0.708, 3.54, -0.916, -2.548, -2.1, 1.428, 0.75 };
static const golden golden_view[] = {
    { .name = "view", .in = { { 'f', 2, { 2, 6 }, view_0_in0 } },
      .out = { { 'f', 2, { 3, 4 }, view_0_out0 } },
      .grad_out = { 'f', 2, { 3, 4 }, view_0_g },
      .grad_in = { { 'f', 2, { 2, 6 }, view_0_grad0 } } },
    { .name = "view_of_part", .in = { { 'f', 2, { 3, 4 }, view_1_in0 } },
      .out = { { 'f', 3, { 3, 2, 1 }, view_1_out0 } },
      .grad_out = { 'f', 3, { 3, 2, 1 }, view_1_g },
      .grad_in = { { 'f', 2, { 3, 4 }, view_1_grad0 } } },
    { .name = "reshape_copies", .in = { { 'f', 2, { 2, 6 }, view_2_in0 } },
      .out = { { 'f', 2, { 4, 3 }, view_2_out0 } },
      .grad_out = { 'f', 2, { 4, 3 }, view_2_g },
      .grad_in = { { 'f', 2, { 2, 6 }, view_2_grad0 } } },
    { .name = "reshape_number", .in = { { 'f', 2, { 1, 1 }, view_3_in0 } },
      .out = { { 'f', 0, { 0 }, view_3_out0 } },
      .grad_out = { 'f', 0, { 0 }, view_3_g },
      .grad_in = { { 'f', 2, { 1, 1 }, view_3_grad0 } } },
    { .name = "reshape_nothing", .in = { { 'f', 2, { 0, 3 }, view_4_in0 } },
      .out = { { 'f', 3, { 2, 0, 5 }, view_4_out0 } },
      .grad_out = { 'f', 3, { 2, 0, 5 }, view_4_g },
      .grad_in = { { 'f', 2, { 0, 3 }, view_4_grad0 } } },
    { .name = "flatten", .in = { { 'f', 3, { 2, 2, 3 }, view_5_in0 } },
      .out = { { 'f', 2, { 2, 6 }, view_5_out0 } },
      .grad_out = { 'f', 2, { 2, 6 }, view_5_g },
      .grad_in = { { 'f', 3, { 2, 2, 3 }, view_5_grad0 } } },
    { .name = "flatten_number", .in = { { 'f', 0, { 0 }, view_6_in0 } },
      .out = { { 'f', 1, { 1 }, view_6_out0 } },
      .grad_out = { 'f', 1, { 1 }, view_6_g },
      .grad_in = { { 'f', 0, { 0 }, view_6_grad0 } } },
    { .name = "unflatten", .in = { { 'f', 2, { 2, 6 }, view_7_in0 } },
      .out = { { 'f', 3, { 2, 2, 3 }, view_7_out0 } },
      .grad_out = { 'f', 3, { 2, 2, 3 }, view_7_g },
      .grad_in = { { 'f', 2, { 2, 6 }, view_7_grad0 } } },
    { .name = "squeeze", .in = { { 'f', 3, { 1, 2, 1 }, view_8_in0 } },
      .out = { { 'f', 1, { 2 }, view_8_out0 } },
      .grad_out = { 'f', 1, { 2 }, view_8_g },
      .grad_in = { { 'f', 3, { 1, 2, 1 }, view_8_grad0 } } },
    { .name = "squeeze_dims", .in = { { 'f', 3, { 1, 2, 1 }, view_9_in0 } },
      .out = { { 'f', 2, { 2, 1 }, view_9_out0 } },
      .grad_out = { 'f', 2, { 2, 1 }, view_9_g },
      .grad_in = { { 'f', 3, { 1, 2, 1 }, view_9_grad0 } } },
    { .name = "unsqueeze", .in = { { 'f', 2, { 2, 3 }, view_10_in0 } },
      .out = { { 'f', 3, { 2, 1, 3 }, view_10_out0 } },
      .grad_out = { 'f', 3, { 2, 1, 3 }, view_10_g },
      .grad_in = { { 'f', 2, { 2, 3 }, view_10_grad0 } } },
    { .name = "transpose", .in = { { 'f', 3, { 2, 3, 2 }, view_11_in0 } },
      .out = { { 'f', 3, { 2, 3, 2 }, view_11_out0 } },
      .grad_out = { 'f', 3, { 2, 3, 2 }, view_11_g },
      .grad_in = { { 'f', 3, { 2, 3, 2 }, view_11_grad0 } } },
    { .name = "permute", .in = { { 'f', 3, { 2, 3, 2 }, view_12_in0 } },
      .out = { { 'f', 3, { 2, 2, 3 }, view_12_out0 } },
      .grad_out = { 'f', 3, { 2, 2, 3 }, view_12_g },
      .grad_in = { { 'f', 3, { 2, 3, 2 }, view_12_grad0 } } },
    { .name = "expand", .in = { { 'f', 2, { 2, 1 }, view_13_in0 } },
      .out = { { 'f', 3, { 2, 2, 3 }, view_13_out0 } },
      .grad_out = { 'f', 3, { 2, 2, 3 }, view_13_g },
      .grad_in = { { 'f', 2, { 2, 1 }, view_13_grad0 } } },
    { .name = "expand_number", .in = { { 'f', 0, { 0 }, view_14_in0 } },
      .out = { { 'f', 2, { 2, 2 }, view_14_out0 } },
      .grad_out = { 'f', 2, { 2, 2 }, view_14_g },
      .grad_in = { { 'f', 0, { 0 }, view_14_grad0 } } },
    { .name = "select", .in = { { 'f', 3, { 2, 3, 2 }, view_15_in0 } },
      .out = { { 'f', 2, { 2, 2 }, view_15_out0 } },
      .grad_out = { 'f', 2, { 2, 2 }, view_15_g },
      .grad_in = { { 'f', 3, { 2, 3, 2 }, view_15_grad0 } } },
    { .name = "slice", .in = { { 'f', 2, { 2, 7 }, view_16_in0 } },
      .out = { { 'f', 2, { 2, 3 }, view_16_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, view_16_g },
      .grad_in = { { 'f', 2, { 2, 7 }, view_16_grad0 } } },
    { .name = "slice_clamped", .in = { { 'f', 1, { 3 }, view_17_in0 } },
      .out = { { 'f', 1, { 3 }, view_17_out0 } },
      .grad_out = { 'f', 1, { 3 }, view_17_g },
      .grad_in = { { 'f', 1, { 3 }, view_17_grad0 } } },
    { .name = "slice_nothing", .in = { { 'f', 2, { 3, 2 }, view_18_in0 } },
      .out = { { 'f', 2, { 0, 2 }, view_18_out0 } },
      .grad_out = { 'f', 2, { 0, 2 }, view_18_g },
      .grad_in = { { 'f', 2, { 3, 2 }, view_18_grad0 } } },
    { .name = "narrow", .in = { { 'f', 2, { 3, 2 }, view_19_in0 } },
      .out = { { 'f', 2, { 2, 2 }, view_19_out0 } },
      .grad_out = { 'f', 2, { 2, 2 }, view_19_g },
      .grad_in = { { 'f', 2, { 3, 2 }, view_19_grad0 } } },
    { .name = "split", .in = { { 'f', 1, { 5 }, view_20_in0 } },
      .out = { { 'f', 1, { 5 }, view_20_out0 } },
      .grad_out = { 'f', 1, { 5 }, view_20_g },
      .grad_in = { { 'f', 1, { 5 }, view_20_grad0 } } },
    { .name = "split_sizes", .in = { { 'f', 2, { 2, 5 }, view_21_in0 } },
      .out = { { 'f', 2, { 2, 3 }, view_21_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, view_21_g },
      .grad_in = { { 'f', 2, { 2, 5 }, view_21_grad0 } } },
    { .name = "chunk", .in = { { 'f', 1, { 7 }, view_22_in0 } },
      .out = { { 'f', 1, { 7 }, view_22_out0 } },
      .grad_out = { 'f', 1, { 7 }, view_22_g },
      .grad_in = { { 'f', 1, { 7 }, view_22_grad0 } } },
    { .name = "clone", .in = { { 'f', 2, { 2, 3 }, view_23_in0 } },
      .out = { { 'f', 2, { 3, 2 }, view_23_out0 } },
      .grad_out = { 'f', 2, { 3, 2 }, view_23_g },
      .grad_in = { { 'f', 2, { 2, 3 }, view_23_grad0 } } },
    { .name = "channels_last", .in = { { 'f', 4, { 2, 2, 2, 3 }, view_24_in0 } },
      .out = { { 'f', 4, { 2, 2, 2, 3 }, view_24_out0 } },
      .grad_out = { 'f', 4, { 2, 2, 2, 3 }, view_24_g },
      .grad_in = { { 'f', 4, { 2, 2, 2, 3 }, view_24_grad0 } } },
};
/* clang-format on */
