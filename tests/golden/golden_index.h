/* Written by gen_ops1.py with PyTorch 2.15.0; do not edit. */
/* clang-format off */
static const double index_0_in0[] = { -1.014, -0.372, -0.752, -0.862, -0.327, 0.521 };
static const double index_0_in1[] = { 1.262, -1.468, -0.104 };
static const double index_0_out0[] = { -1.014, -0.372, -0.752, -0.862, -0.327, 0.521, 1.262, -1.468, -0.104 };
static const double index_0_g[] = { 0.518, -1.084, -2.09, -0.151, -0.193, -0.393, -0.352, 0.791, -0.762 };
static const double index_0_grad0[] = { 0.518, -1.084, -2.09, -0.151, -0.193, -0.393 };
static const double index_0_grad1[] = { -0.352, 0.791, -0.762 };
static const double index_1_in0[] = { 2.097, -0.624 };
static const double index_1_in1[] = { 0.244, -1.165, -1.161, -0.721 };
static const double index_1_in2[] = { 0 };
static const double index_1_out0[] = { 2.097, 0.244, -1.165, -0.624, -1.161, -0.721 };
static const double index_1_g[] = { 0.577, 1.123, 1.196, -0.324, 0.016, -1.326 };
static const double index_1_grad0[] = { 0.577, -0.324 };
static const double index_1_grad1[] = { 1.123, 1.196, 0.016, -1.326 };
static const double index_1_grad2[] = { 0 };
static const double index_2_in0[] = { 0 };
static const double index_2_in1[] = { -0.689, -1.388, 1.496, -0.351, 1.322, 0.656 };
static const double index_2_out0[] = { -0.689, -1.388, 1.496, -0.351, 1.322, 0.656 };
static const double index_2_g[] = { -0.792, 0.492, 2.004, -0.289, 1.586, 1.711 };
static const double index_2_grad0[] = { 0 };
static const double index_2_grad1[] = { -0.792, 0.492, 2.004, -0.289, 1.586, 1.711 };
static const double index_3_in0[] = { 1.56, 0.274, 1.267, 0.017, -1.16, -1.222 };
static const double index_3_in1[] = { 0.695, -1.282, 0.045, 0.278 };
static const double index_3_out0[] = { 1.56, 1.267, -1.16, 0.695, -1.282, 0.274, 0.017, -1.222, 0.045, 0.278 };
static const double index_3_g[] = { -0.383, 0.898, 0.258, 0.462, -1.279, 1.073, 0.477, 0.558, -0.872, -2.303 };
static const double index_3_grad0[] = { -0.383, 1.073, 0.898, 0.477, 0.258, 0.558 };
static const double index_3_grad1[] = { 0.462, -1.279, -0.872, -2.303 };
static const double index_4_in0[] = { -0.933, -0.326 };
static const double index_4_out0[] = { -0.933, -0.326, -0.933, -0.326 };
static const double index_4_g[] = { -0.988, 0.181, 1.604, -0.351 };
static const double index_4_grad0[] = { 0.616, -0.17 };
static const double index_5_in0[] = { -1.451, -0.372, 1.163, -0.351, -0.786, -0.337 };
static const double index_5_in1[] = { 0.603, -0.65, 0.085, 0.255, 1.578, 1.592 };
static const double index_5_out0[] = { -1.451, -0.372, 1.163, -0.351, -0.786, -0.337, 0.603, -0.65, 0.085, 0.255, 1.578, 1.592 };
static const double index_5_g[] = { 0.619, 0.015, -1.336, 1.701, 0.977, 0.146, -0.157, -0.273, -0.161, 0.893, 1.57, -1.229 };
static const double index_5_grad0[] = { 0.619, 0.015, -1.336, 1.701, 0.977, 0.146 };
static const double index_5_grad1[] = { -0.157, -0.273, -0.161, 0.893, 1.57, -1.229 };
static const double index_6_in0[] = { -0.695, 0.341, -0.604, 0.477, -1.42, -0.546 };
static const double index_6_in1[] = { -1.524, 0.514, -0.145, 0.829, -0.423, 1.349 };
static const double index_6_out0[] = { -0.695, -1.524, 0.341, 0.514, -0.604, -0.145, 0.477, 0.829, -1.42, -0.423, -0.546, 1.349 };
static const double index_6_g[] = { 1.538, -1.298, 0.64, 0.468, -1.068, 0.245, -1.449, -1.244, 0.052, -0.189, 0.597, 1.025 };
static const double index_6_grad0[] = { 1.538, 0.64, -1.068, -1.449, 0.052, 0.597 };
static const double index_6_grad1[] = { -1.298, 0.468, 0.245, -1.244, -0.189, 1.025 };
static const double index_7_in0[] = { 0.627 };
static const double index_7_in1[] = { 0.351 };
static const double index_7_out0[] = { 0.627, 0.351 };
static const double index_7_g[] = { 1.554, -0.692 };
static const double index_7_grad0[] = { 1.554 };
static const double index_7_grad1[] = { -0.692 };
static const double index_8_in0[] = { 0.639, 0.904, -0.115, 0.696, 0.636, -1.022 };
static const double index_8_in1[] = { 2, 0, 2 };
static const double index_8_out0[] = { 0.636, -1.022, 0.639, 0.904, 0.636, -1.022 };
static const double index_8_g[] = { 0.756, 1.699, -1.404, -0.517, 0.826, -1.181 };
static const double index_8_grad0[] = { -1.404, -0.517, 0, 0, 1.582, 0.518 };
static const double index_9_in0[] = { -1.045, -0.375, 1.015, 0.527, 0.863, 1.564 };
static const double index_9_in1[] = { 1 };
static const double index_9_out0[] = { -0.375, 0.863 };
static const double index_9_g[] = { 1.236, 1.325 };
static const double index_9_grad0[] = { 0, 1.236, 0, 0, 1.325, 0 };
static const double index_10_in0[] = { -0.152, -0.575, 0.407, -2.684, -0.175, 0.039 };
static const double index_10_in1[] = { 0 };
static const double index_10_out0[] = { 0 };
static const double index_10_g[] = { 0 };
static const double index_10_grad0[] = { 0, 0, 0, 0, 0, 0 };
static const double index_11_in0[] = { 0.275 };
static const double index_11_in1[] = { 0 };
static const double index_11_out0[] = { 0.275 };
static const double index_11_g[] = { 0.543 };
static const double index_11_grad0[] = { 0.543 };
static const double index_12_in0[] = { 1.978, 0.825, 3.261, -1.546, -0.198, -0.14 };
static const double index_12_in1[] = { 0, 0, 2, 1 };
static const double index_12_out0[] = { 1.978, 1.978, -0.14, -0.198 };
static const double index_12_g[] = { 0.091, 1.328, -0.543, 0.467 };
static const double index_12_grad0[] = { 1.419, 0, 0, 0, 0.467, -0.543 };
static const double index_13_in0[] = { 1.344, -0.19, -1.002, -1.467, -0.576, -1.501, -0.26, -0.181, 0.782 };
static const double index_13_in1[] = { 2, 1 };
static const double index_13_out0[] = { -0.26, -0.576 };
static const double index_13_g[] = { 1.049, -0.666 };
static const double index_13_grad0[] = { 0, 0, 0, 0, -0.666, 0, 1.049, 0, 0 };
static const double index_14_in0[] = { 0.645 };
static const double index_14_in1[] = { 0 };
static const double index_14_out0[] = { 0.645 };
static const double index_14_g[] = { 2.936 };
static const double index_14_grad0[] = { 2.936 };
static const double index_15_in0[] = { 1.035, -0.723, 0.774, 0.136, 1.486, 1.772 };
static const double index_15_in1[] = { -1.081, -1.473, 0.939, 0.876 };
static const double index_15_in2[] = { 0, 2, 0, 1 };
static const double index_15_out0[] = { 0.893, -0.723, 0.774, 1.012, 1.486, 0.299 };
static const double index_15_g[] = { -0.956, -3.311, -1.486, 1.573, -0.762, -0.859 };
static const double index_15_grad0[] = { -0.956, -3.311, -1.486, 1.573, -0.762, -0.859 };
static const double index_15_grad1[] = { -0.956, -0.859, -0.956, 1.573 };
static const double index_16_in0[] = { -0.679, 0.115, 1.39, -0.547, -0.021, -0.114 };
static const double index_16_in1[] = { 0 };
static const double index_16_in2[] = { 0 };
static const double index_16_out0[] = { -0.679, 0.115, 1.39, -0.547, -0.021, -0.114 };
static const double index_16_g[] = { -0.807, 0.293, -1.39, 0.317, -0.529, -1.646 };
static const double index_16_grad0[] = { -0.807, 0.293, -1.39, 0.317, -0.529, -1.646 };
static const double index_16_grad1[] = { 0 };
static const double index_17_in0[] = { 0, 3, 1, 1 };
static const double index_17_out0[] = { 1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0 };
static const double index_18_in0[] = { 0, 2, 1 };
static const double index_18_out0[] = { 1, 0, 0, 0, 0, 1, 0, 1, 0 };
static const double index_19_in0[] = { 0 };
static const double index_19_out0[] = { 0 };
static const golden golden_index[] = {
    { .name = "cat", .in = { { 'f', 2, { 2, 3 }, index_0_in0 }, { 'f', 2, { 1, 3 }, index_0_in1 } },
      .out = { { 'f', 2, { 3, 3 }, index_0_out0 } },
      .grad_out = { 'f', 2, { 3, 3 }, index_0_g },
      .grad_in = { { 'f', 2, { 2, 3 }, index_0_grad0 }, { 'f', 2, { 1, 3 }, index_0_grad1 } } },
    { .name = "cat_last", .in = { { 'f', 2, { 2, 1 }, index_1_in0 }, { 'f', 2, { 2, 2 }, index_1_in1 }, { 'f', 2, { 2, 0 }, index_1_in2 } },
      .out = { { 'f', 2, { 2, 3 }, index_1_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, index_1_g },
      .grad_in = { { 'f', 2, { 2, 1 }, index_1_grad0 }, { 'f', 2, { 2, 2 }, index_1_grad1 }, { 'f', 2, { 2, 0 }, index_1_grad2 } } },
    { .name = "cat_nothing", .in = { { 'f', 1, { 0 }, index_2_in0 }, { 'f', 2, { 2, 3 }, index_2_in1 } },
      .out = { { 'f', 2, { 2, 3 }, index_2_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, index_2_g },
      .grad_in = { { 'f', 1, { 0 }, index_2_grad0 }, { 'f', 2, { 2, 3 }, index_2_grad1 } } },
    { .name = "cat_strided", .in = { { 'f', 2, { 3, 2 }, index_3_in0 }, { 'f', 2, { 2, 2 }, index_3_in1 } },
      .out = { { 'f', 2, { 2, 5 }, index_3_out0 } },
      .grad_out = { 'f', 2, { 2, 5 }, index_3_g },
      .grad_in = { { 'f', 2, { 3, 2 }, index_3_grad0 }, { 'f', 2, { 2, 2 }, index_3_grad1 } } },
    { .name = "cat_twice", .in = { { 'f', 1, { 2 }, index_4_in0 } },
      .out = { { 'f', 1, { 4 }, index_4_out0 } },
      .grad_out = { 'f', 1, { 4 }, index_4_g },
      .grad_in = { { 'f', 1, { 2 }, index_4_grad0 } } },
    { .name = "stack", .in = { { 'f', 2, { 2, 3 }, index_5_in0 }, { 'f', 2, { 2, 3 }, index_5_in1 } },
      .out = { { 'f', 3, { 2, 2, 3 }, index_5_out0 } },
      .grad_out = { 'f', 3, { 2, 2, 3 }, index_5_g },
      .grad_in = { { 'f', 2, { 2, 3 }, index_5_grad0 }, { 'f', 2, { 2, 3 }, index_5_grad1 } } },
    { .name = "stack_last", .in = { { 'f', 2, { 2, 3 }, index_6_in0 }, { 'f', 2, { 2, 3 }, index_6_in1 } },
      .out = { { 'f', 3, { 2, 3, 2 }, index_6_out0 } },
      .grad_out = { 'f', 3, { 2, 3, 2 }, index_6_g },
      .grad_in = { { 'f', 2, { 2, 3 }, index_6_grad0 }, { 'f', 2, { 2, 3 }, index_6_grad1 } } },
    { .name = "stack_numbers", .in = { { 'f', 0, { 0 }, index_7_in0 }, { 'f', 0, { 0 }, index_7_in1 } },
      .out = { { 'f', 1, { 2 }, index_7_out0 } },
      .grad_out = { 'f', 1, { 2 }, index_7_g },
      .grad_in = { { 'f', 0, { 0 }, index_7_grad0 }, { 'f', 0, { 0 }, index_7_grad1 } } },
    { .name = "index_select", .in = { { 'f', 2, { 3, 2 }, index_8_in0 }, { 'i', 1, { 3 }, index_8_in1 } },
      .out = { { 'f', 2, { 3, 2 }, index_8_out0 } },
      .grad_out = { 'f', 2, { 3, 2 }, index_8_g },
      .grad_in = { { 'f', 2, { 3, 2 }, index_8_grad0 }, { 0 } } },
    { .name = "index_select_last", .in = { { 'f', 2, { 2, 3 }, index_9_in0 }, { 'i', 1, { 1 }, index_9_in1 } },
      .out = { { 'f', 2, { 2, 1 }, index_9_out0 } },
      .grad_out = { 'f', 2, { 2, 1 }, index_9_g },
      .grad_in = { { 'f', 2, { 2, 3 }, index_9_grad0 }, { 0 } } },
    { .name = "index_select_none", .in = { { 'f', 2, { 3, 2 }, index_10_in0 }, { 'i', 1, { 0 }, index_10_in1 } },
      .out = { { 'f', 2, { 0, 2 }, index_10_out0 } },
      .grad_out = { 'f', 2, { 0, 2 }, index_10_g },
      .grad_in = { { 'f', 2, { 3, 2 }, index_10_grad0 }, { 0 } } },
    { .name = "index_select_number", .in = { { 'f', 0, { 0 }, index_11_in0 }, { 'i', 1, { 1 }, index_11_in1 } },
      .out = { { 'f', 0, { 0 }, index_11_out0 } },
      .grad_out = { 'f', 0, { 0 }, index_11_g },
      .grad_in = { { 'f', 0, { 0 }, index_11_grad0 }, { 0 } } },
    { .name = "gather", .in = { { 'f', 2, { 2, 3 }, index_12_in0 }, { 'i', 2, { 2, 2 }, index_12_in1 } },
      .out = { { 'f', 2, { 2, 2 }, index_12_out0 } },
      .grad_out = { 'f', 2, { 2, 2 }, index_12_g },
      .grad_in = { { 'f', 2, { 2, 3 }, index_12_grad0 }, { 0 } } },
    { .name = "gather_smaller", .in = { { 'f', 2, { 3, 3 }, index_13_in0 }, { 'i', 2, { 1, 2 }, index_13_in1 } },
      .out = { { 'f', 2, { 1, 2 }, index_13_out0 } },
      .grad_out = { 'f', 2, { 1, 2 }, index_13_g },
      .grad_in = { { 'f', 2, { 3, 3 }, index_13_grad0 }, { 0 } } },
    { .name = "gather_number", .in = { { 'f', 0, { 0 }, index_14_in0 }, { 'i', 1, { 1 }, index_14_in1 } },
      .out = { { 'f', 1, { 1 }, index_14_out0 } },
      .grad_out = { 'f', 1, { 1 }, index_14_g },
      .grad_in = { { 'f', 0, { 0 }, index_14_grad0 }, { 0 } } },
    { .name = "scatter_add", .in = { { 'f', 2, { 3, 2 }, index_15_in0 }, { 'f', 2, { 2, 2 }, index_15_in1 }, { 'i', 2, { 2, 2 }, index_15_in2 } },
      .out = { { 'f', 2, { 3, 2 }, index_15_out0 } },
      .grad_out = { 'f', 2, { 3, 2 }, index_15_g },
      .grad_in = { { 'f', 2, { 3, 2 }, index_15_grad0 }, { 'f', 2, { 2, 2 }, index_15_grad1 }, { 0 } } },
    { .name = "scatter_add_none", .in = { { 'f', 2, { 3, 2 }, index_16_in0 }, { 'f', 2, { 0, 2 }, index_16_in1 }, { 'i', 2, { 0, 2 }, index_16_in2 } },
      .out = { { 'f', 2, { 3, 2 }, index_16_out0 } },
      .grad_out = { 'f', 2, { 3, 2 }, index_16_g },
      .grad_in = { { 'f', 2, { 3, 2 }, index_16_grad0 }, { 'f', 2, { 0, 2 }, index_16_grad1 }, { 0 } } },
    { .name = "one_hot", .in = { { 'i', 2, { 2, 2 }, index_17_in0 } },
      .out = { { 'i', 3, { 2, 2, 4 }, index_17_out0 } } },
    { .name = "one_hot_found", .in = { { 'i', 1, { 3 }, index_18_in0 } },
      .out = { { 'i', 2, { 3, 3 }, index_18_out0 } } },
    { .name = "one_hot_none", .in = { { 'i', 1, { 0 }, index_19_in0 } },
      .out = { { 'i', 2, { 0, 3 }, index_19_out0 } } },
};
/* clang-format on */
