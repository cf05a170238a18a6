/* Written by gen_corners.py with PyTorch 2.15.0; do not edit. */
/* clang-format off */
static const double corners_0_in0[] = { NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
static const double corners_0_in1[] = { NAN, NAN, NAN, NAN, -1, -1, -1, -1, 0, 0, 0, 0, 1, 1, 1, 1, NAN, NAN, NAN, NAN, -1, -1, -1, -1, 0, 0, 0, 0, 1, 1, 1, 1, NAN, NAN, NAN, NAN, -1, -1, -1, -1, 0, 0, 0, 0, 1, 1, 1, 1, NAN, NAN, NAN, NAN, -1, -1, -1, -1, 0, 0, 0, 0, 1, 1, 1, 1 };
static const double corners_0_in2[] = { NAN, -1, 0, 1, NAN, -1, 0, 1, NAN, -1, 0, 1, NAN, -1, 0, 1, NAN, -1, 0, 1, NAN, -1, 0, 1, NAN, -1, 0, 1, NAN, -1, 0, 1, NAN, -1, 0, 1, NAN, -1, 0, 1, NAN, -1, 0, 1, NAN, -1, 0, 1, NAN, -1, 0, 1, NAN, -1, 0, 1, NAN, -1, 0, 1, NAN, -1, 0, 1 };
static const double corners_0_out0[] = { NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, -1, -1, -1, NAN, -1, 0, 0, NAN, -1, 0, 1, NAN, NAN, NAN, NAN, NAN, -1, 0, 0, NAN, -1, 0, 0, NAN, -1, 0, 1, NAN, NAN, NAN, NAN, NAN, -1, 0, 1, NAN, -1, 0, 1, NAN, -1, 0, 1 };
static const double corners_0_g[] = { 1.751, 0.153, -1.236, -0.746, 1.155, 0.874, -0.17, 0.95, 0.202, 0.424, 0.146, 0.272, -1.133, -2.732, -0.282, -1.195, 0.469, 1.25, 0.212, -0.336, -0.059, -2.547, 0.609, -0.453, 0.737, 0.226, 0.247, -2.378, -0.332, -0.247, 0.66, 0.498, 0.619, -0.609, 0.155, -0.711, 0.293, -1.782, -0.469, 1.928, 1.908, 0.412, 0.505, -0.262, -0.883, -1.069, 0.362, 0.068, -1.614, -0.105, 0.698, 0.294, 0.648, 0.501, -0.14, 1.839, -0.233, 2.236, 0.366, 1.305, -1.012, 1.127, 0.219, -0.696 };
static const double corners_0_grad0[] = { 1.751, 0.153, -1.236, -0.746, 1.155, 0.874, -0.17, 0.95, 0.202, 0.424, 0.146, 0.272, -1.133, -2.732, -0.282, -1.195, 0.469, 1.25, 0.212, -0.336, -0.059, -2.547, 0.3045, -0.2265, 0, 0, 0, 0, 0, 0, 0, 0, 0.619, 0, 0.155, -0.711, 0.293, 0, -0.2345, 1.928, 1.908, 0, 0.505, -0.131, 0, 0, 0, 0, -1.614, 0, 0, 0.294, 0.648, 0, 0, 0.9195, -0.233, 0, 0, 0.6525, -1.012, 0, 0, -0.696 };
static const double corners_0_grad1[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.3045, -0.2265, 0, 0, 0.247, -2.378, 0, 0, 0, 0.498, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -0.131, 0, 0, 0, 0.068, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
static const double corners_0_grad2[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.424, 0, 0, 0, -2.732, -0.282, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.226, 0, 0, 0, -0.247, 0.66, 0, 0, 0, 0, 0, 0, -1.782, -0.2345, 0, 0, 0.412, 0, 0, 0, -1.069, 0.362, 0, 0, 0, 0, 0, 0, 0.501, -0.14, 0.9195, 0, 2.236, 0.366, 0.6525, 0, 1.127, 0.219, 0 };
static const double corners_1_in0[] = { 1.395 };
static const double corners_1_out0[] = { 1.395 };
static const double corners_1_g[] = { 0.373 };
static const double corners_1_grad0[] = { 0.373 };
static const double corners_2_in0[] = { 0 };
static const double corners_2_out0[] = { 1, 1 };
static const double corners_2_g[] = { -0.347, -0.956 };
static const double corners_2_grad0[] = { 0 };
static const double corners_3_in0[] = { 0 };
static const double corners_3_out0[] = { NAN, NAN };
static const double corners_3_g[] = { -0.154, -0.206 };
static const double corners_3_grad0[] = { 0 };
static const double corners_4_in0[] = { 0 };
static const double corners_4_in1[] = { 0 };
static const double corners_4_out0[] = { NAN };
static const double corners_4_g[] = { 0.45 };
static const double corners_4_grad0[] = { 0 };
static const double corners_4_grad1[] = { 0 };
static const double corners_5_in0[] = { -14, 6, 26 };
static const double corners_5_out0[] = { -10, 10, 30 };
static const double corners_6_in0[] = { -1.236, 0.754, 2 };
static const double corners_6_out0[] = { -1.24, 0.75, 2 };
static const double corners_7_in0[] = { 0.037, -1.312, -1.024, -0.637, 0.77, 0.252, -2.498, -0.67 };
static const double corners_7_out0[] = { 0.77, -0.637 };
static const double corners_7_out1[] = { 4, 3 };
static const double corners_7_g[] = { -1.929, 1.243 };
static const double corners_7_grad0[] = { 0, 0, 0, 1.243, -1.929, 0, 0, 0 };
static const double corners_8_in0[] = { -2.038, 2.143, -0.392, -0.763, -1.649, -1.15, -0.376, -2.948 };
static const double corners_8_out0[] = { -0.577, -1.8555 };
static const double corners_8_g[] = { 0.274, -0.573 };
static const double corners_8_grad0[] = { 0.04566666666667, 0.04566666666667, 0.04566666666667, -0.2865, 0.04566666666667, 0.04566666666667, 0.04566666666667, -0.2865 };
static const double corners_9_in0[] = { NAN, 1, 2, NAN, 5, NAN, INFINITY, 3 };
static const double corners_9_out0[] = { NAN, NAN };
static const double corners_9_out1[] = { 5, 3 };
static const double corners_9_g[] = { -0.442, -0.286 };
static const double corners_9_grad0[] = { 0, 0, 0, -0.286, 0, -0.442, 0, 0 };
static const double corners_10_in0[] = { INFINITY, 90, -90 };
static const double corners_10_in1[] = { 0.637, 0.318, 0.107 };
static const double corners_10_out0[] = { INFINITY, 61.38, 9.63 };
static const double corners_10_g[] = { 0.611, 1.041, -0.851 };
static const double corners_10_grad0[] = { 0.221793, 0.709962, 0.091057 };
static const double corners_11_in0[] = { 0, 0 };
static const double corners_11_in1[] = { 0.631, 0.22 };
static const double corners_11_in2[] = { 0.857, 0.703 };
static const double corners_11_out0[] = { 1.278459374799 };
static const double corners_11_g[] = { -0.481 };
static const double corners_11_grad0[] = { 0.0413099635, -0.15039427 };
static const double corners_11_grad1[] = { 0.04767674252045, 0.09902092677325 };
static const golden golden_corners[] = {
    { .name = "clamp_crossing", .in = { { 'f', 1, { 64 }, corners_0_in0 }, { 'f', 1, { 64 }, corners_0_in1 }, { 'f', 1, { 64 }, corners_0_in2 } },
      .out = { { 'f', 1, { 64 }, corners_0_out0 } },
      .grad_out = { 'f', 1, { 64 }, corners_0_g },
      .grad_in = { { 'f', 1, { 64 }, corners_0_grad0 }, { 'f', 1, { 64 }, corners_0_grad1 }, { 'f', 1, { 64 }, corners_0_grad2 } } },
    { .name = "sum_number", .in = { { 'f', 0, { 0 }, corners_1_in0 } },
      .out = { { 'f', 0, { 0 }, corners_1_out0 } },
      .grad_out = { 'f', 0, { 0 }, corners_1_g },
      .grad_in = { { 'f', 0, { 0 }, corners_1_grad0 } } },
    { .name = "prod_nothing", .in = { { 'f', 2, { 0, 2 }, corners_2_in0 } },
      .out = { { 'f', 1, { 2 }, corners_2_out0 } },
      .grad_out = { 'f', 1, { 2 }, corners_2_g },
      .grad_in = { { 'f', 2, { 0, 2 }, corners_2_grad0 } } },
    { .name = "mean_nothing", .in = { { 'f', 2, { 0, 2 }, corners_3_in0 } },
      .out = { { 'f', 1, { 2 }, corners_3_out0 } },
      .grad_out = { 'f', 1, { 2 }, corners_3_g },
      .grad_in = { { 'f', 2, { 0, 2 }, corners_3_grad0 } } },
    { .name = "mse_nothing", .in = { { 'f', 2, { 0, 2 }, corners_4_in0 }, { 'f', 2, { 0, 2 }, corners_4_in1 } },
      .out = { { 'f', 0, { 0 }, corners_4_out0 } },
      .grad_out = { 'f', 0, { 0 }, corners_4_g },
      .grad_in = { { 'f', 2, { 0, 2 }, corners_4_grad0 }, { 'f', 2, { 0, 2 }, corners_4_grad1 } } },
    { .name = "round_left", .in = { { 'f', 1, { 3 }, corners_5_in0 } },
      .out = { { 'f', 1, { 3 }, corners_5_out0 } } },
    { .name = "round_right", .in = { { 'f', 1, { 3 }, corners_6_in0 } },
      .out = { { 'f', 1, { 3 }, corners_6_out0 } } },
    { .name = "max_pool2d_small", .in = { { 'f', 4, { 1, 1, 2, 4 }, corners_7_in0 } },
      .out = { { 'f', 4, { 1, 1, 1, 2 }, corners_7_out0 }, { 'i', 4, { 1, 1, 1, 2 }, corners_7_out1 } },
      .grad_out = { 'f', 4, { 1, 1, 1, 2 }, corners_7_g },
      .grad_in = { { 'f', 4, { 1, 1, 2, 4 }, corners_7_grad0 } } },
    { .name = "avg_pool2d_small", .in = { { 'f', 4, { 1, 1, 2, 4 }, corners_8_in0 } },
      .out = { { 'f', 4, { 1, 1, 1, 2 }, corners_8_out0 } },
      .grad_out = { 'f', 4, { 1, 1, 1, 2 }, corners_8_g },
      .grad_in = { { 'f', 4, { 1, 1, 2, 4 }, corners_8_grad0 } } },
    { .name = "max_pool2d_nans", .in = { { 'f', 4, { 1, 1, 2, 4 }, corners_9_in0 } },
      .out = { { 'f', 4, { 1, 1, 1, 2 }, corners_9_out0 }, { 'i', 4, { 1, 1, 1, 2 }, corners_9_out1 } },
      .grad_out = { 'f', 4, { 1, 1, 1, 2 }, corners_9_g },
      .grad_in = { { 'f', 4, { 1, 1, 2, 4 }, corners_9_grad0 } } },
    { .name = "bce_logits_infinite", .in = { { 'f', 1, { 3 }, corners_10_in0 }, { 'f', 1, { 3 }, corners_10_in1 } },
      .out = { { 'f', 1, { 3 }, corners_10_out0 } },
      .grad_out = { 'f', 1, { 3 }, corners_10_g },
      .grad_in = { { 'f', 1, { 3 }, corners_10_grad0 }, { 0 } } },
    { .name = "bce_logits_zero", .in = { { 'f', 1, { 2 }, corners_11_in0 }, { 'f', 1, { 2 }, corners_11_in1 }, { 'f', 1, { 2 }, corners_11_in2 } },
      .out = { { 'f', 0, { 0 }, corners_11_out0 } },
      .grad_out = { 'f', 0, { 0 }, corners_11_g },
      .grad_in = { { 'f', 1, { 2 }, corners_11_grad0 }, { 'f', 1, { 2 }, corners_11_grad1 }, { 0 } } },
};
/* clang-format on */
