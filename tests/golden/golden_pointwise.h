/* Written by gen_ops1.py with PyTorch 2.15.0; do not edit. */
/* clang-format off */
static const double pointwise_0_in0[] = { -2.5, -1.2, -0.3, 0.4, 0.9, 2.2 };
static const double pointwise_0_out0[] = { 2.5, 1.2, 0.3, -0.4, -0.9, -2.2 };
static const double pointwise_0_g[] = { 0.738, 1.946, -0.7, -1.302, -0.513, -0.27 };
static const double pointwise_0_grad0[] = { -0.738, -1.946, 0.7, 1.302, 0.513, 0.27 };
static const double pointwise_1_in0[] = { -2.5, -1.2, -0.3, 0.4, 0.9, 2.2 };
static const double pointwise_1_out0[] = { 0.082084998624, 0.30119421191, 0.74081822068, 1.4918246976, 2.4596031112, 9.0250134994 };
static const double pointwise_1_g[] = { 0.246, 0.484, 0.45, -0.957, 1.501, -0.314 };
static const double pointwise_1_grad0[] = { 0.020192909661, 0.14577799857, 0.33336819931, -1.4276762356, 3.6918642698, -2.8338542388 };
static const double pointwise_2_in0[] = { -2.5, -1.2, -0.3, 0.4, 0.9, 2.2 };
static const double pointwise_2_out0[] = { -0.5984721441, -0.93203908597, -0.29552020666, 0.38941834231, 0.78332690963, 0.80849640382 };
static const double pointwise_2_g[] = { -0.234, -1.071, 0.165, 0.116, 0.383, -0.123 };
static const double pointwise_2_grad0[] = { 0.18746760604, -0.38808515504, 0.15763052071, 0.1068430753, 0.23807661785, 0.072385637422 };
static const double pointwise_3_in0[] = { -2.5, -1.2, -0.3, 0.4, 0.9, 2.2 };
static const double pointwise_3_out0[] = { -0.80114361555, 0.36235775448, 0.95533648913, 0.921060994, 0.62160996827, -0.58850111726 };
static const double pointwise_3_g[] = { 0.893, -0.489, -1.447, 1.194, 0.546, -2.075 };
static const double pointwise_3_grad0[] = { 0.53443562468, -0.45576711304, -0.42761773904, -0.46496550072, -0.42769649266, 1.6776300379 };
static const double pointwise_4_in0[] = { -2.5, -1.2, -0.3, 0.4, 0.9, 2.2 };
static const double pointwise_4_out0[] = { -0.98661429815, -0.83365460701, -0.29131261245, 0.37994896226, 0.7162978702, 0.97574313003 };
static const double pointwise_4_g[] = { -0.969, -2.135, -1.043, -1.707, 1.39, 0.173 };
static const double pointwise_4_grad0[] = { -0.025767867656, -0.6512176919, -0.95448785119, -1.4605754078, 0.676815132, 0.008291084546 };
static const double pointwise_5_in0[] = { -2.5, -1.2, -0.3, 0.4, 0.9, 2.2 };
static const double pointwise_5_out0[] = { -0.99959304798, -0.91031397823, -0.32862675946, 0.42839235505, 0.79690821242, 0.9981371537 };
static const double pointwise_5_g[] = { -0.984, -1.094, 0.132, 0.194, -0.339, 1.659 };
static const double pointwise_5_grad0[] = { -0.0021434316827, -0.29247471562, 0.13612644007, 0.18653901197, -0.17016734667, 0.014801855253 };
static const double pointwise_6_in0[] = { -2.5, -1.2, -0.3, 0.4, 0.9, 2.2 };
static const double pointwise_6_out0[] = { 0.075858180021, 0.2314752165, 0.42555748319, 0.59868766011, 0.71094950263, 0.90024951088 };
static const double pointwise_6_g[] = { -0.241, -0.87, -0.039, 0.458, -1.469, 0.693 };
static const double pointwise_6_grad0[] = { -0.016894995687, -0.15476816336, -0.0095338741559, 0.11003942155, -0.30187995149, 0.062231628025 };
static const double pointwise_7_in0[] = { -2.5, -1.2, -0.3, 0.4, 0.9, 2.2 };
static const double pointwise_7_out0[] = { 0, 0, 0, 0.4, 0.9, 2.2 };
static const double pointwise_7_g[] = { -0.306, 0.203, 0.688, 0.871, 0.541, 0.556 };
static const double pointwise_7_grad0[] = { 0, 0, 0, 0.871, 0.541, 0.556 };
static const double pointwise_8_in0[] = { -2.5, -1.2, -0.3, 0.4, 0.9, 2.2 };
static const double pointwise_8_out0[] = { 2.5, 1.2, 0.3, 0.4, 0.9, 2.2 };
static const double pointwise_8_g[] = { -0.327, 1.323, -0.689, -0.539, -0.08, -1.043 };
static const double pointwise_8_grad0[] = { 0.327, -1.323, 0.689, -0.539, -0.08, -1.043 };
static const double pointwise_9_in0[] = { -2.5, -1.2, -0.3, 0.4, 0.9, 2.2 };
static const double pointwise_9_out0[] = { -1, -1, -1, 1, 1, 1 };
static const double pointwise_9_g[] = { 0.82, -1.577, -0.403, 0.1, -0.921, 2.734 };
static const double pointwise_9_grad0[] = { 0, 0, 0, 0, 0, 0 };
static const double pointwise_10_in0[] = { -2.5, -1.2, -0.3, 0.4, 0.9, 2.2 };
static const double pointwise_10_out0[] = { -3, -2, -1, 0, 0, 2 };
static const double pointwise_10_g[] = { -1.081, -0.78, 0.286, -0.295, 0.875, -1.224 };
static const double pointwise_10_grad0[] = { 0, 0, 0, 0, 0, 0 };
static const double pointwise_11_in0[] = { -2.5, -1.2, -0.3, 0.4, 0.9, 2.2 };
static const double pointwise_11_out0[] = { -2, -1, -0, 0, 1, 2 };
static const double pointwise_11_g[] = { -1.864, -0.671, -0.073, 1.931, 0.37, -2.353 };
static const double pointwise_11_grad0[] = { 0, 0, 0, 0, 0, 0 };
static const double pointwise_12_in0[] = { -2.5, -1.2, -0.3, 0.4, 0.9, 2.2 };
static const double pointwise_12_out0[] = { -0.5, -0.24, -0.06, 0.4, 0.9, 2.2 };
static const double pointwise_12_g[] = { -0.094, 1.732, -1.518, -1.468, 0.132, 1.355 };
static const double pointwise_12_grad0[] = { -0.0188, 0.3464, -0.3036, -1.468, 0.132, 1.355 };
static const double pointwise_13_in0[] = { -2.5, -1.2, -0.3, 0.4, 0.9, 2.2 };
static const double pointwise_13_out0[] = { -0.015524163314, -0.13808360427, -0.11462657334, 0.26216869664, 0.73434588719, 2.1694124155 };
static const double pointwise_13_g[] = { -1.27, -1.122, -0.006, 1.289, -0.921, 0.501 };
static const double pointwise_13_grad0[] = { 0.047766079103, 0.13234393444, -0.001606033399, 1.0347187093, -0.9720386882, 0.53313446903 };
static const double pointwise_14_in0[] = { -2.5, -1.2, -0.3, 0.4, 0.9, 2.2 };
static const double pointwise_14_out0[] = { -0.01508426609, -0.13829723086, -0.11462907646, 0.26216116943, 0.73422848871, 2.169678527 };
static const double pointwise_14_g[] = { 0.449, -0.417, 0.209, -0.285, -0.668, -1.184 };
static const double pointwise_14_grad0[] = { -0.017040257719, 0.049091798184, 0.055950250607, -0.22875776781, -0.70478489278, -1.2608640359 };
static const double pointwise_15_in0[] = { -2.5, -1.2, -0.3, 0.4, 0.9, 2.2 };
static const double pointwise_15_out0[] = { -0.18964545005, -0.2777702598, -0.12766724496, 0.23947506404, 0.63985455236, 1.9805489239 };
static const double pointwise_15_g[] = { 0.238, 1.23, -0.153, 0.46, 0.709, 2.267 };
static const double pointwise_15_grad0[] = { -0.023657464499, 0.022142321902, -0.053889658421, 0.31960430087, 0.63519294348, 2.4887358022 };
static const double pointwise_16_in0[] = { -2.5, -1.2, -0.3, 0.4, 0.9, 2.2 };
static const double pointwise_16_out0[] = { 0.0033576742446, 0.043418076077, 0.21874397524, 0.58555033297, 0.97648880526, 2.2 };
static const double pointwise_16_g[] = { 1.89, 0.566, 1.65, 0.02, -0.678, -0.902 };
static const double pointwise_16_grad0[] = { 0.012649488247, 0.047075746216, 0.58466709473, 0.013799489623, -0.581824978, -0.902 };
static const double pointwise_17_in0[] = { 0.1, 0.5, 1, 2.5 };
static const double pointwise_17_out0[] = { -2.302585093, -0.69314718056, 0, 0.91629073187 };
static const double pointwise_17_g[] = { -1.733, 0.762, -0.692, 0.105 };
static const double pointwise_17_grad0[] = { -17.33, 1.524, -0.692, 0.042 };
static const double pointwise_18_in0[] = { 0.1, 0.5, 1, 2.5 };
static const double pointwise_18_out0[] = { 0.095310179804, 0.40546510811, 0.69314718056, 1.2527629685 };
static const double pointwise_18_g[] = { -0.979, 0.663, 1.288, -0.658 };
static const double pointwise_18_grad0[] = { -0.89, 0.442, 0.644, -0.188 };
static const double pointwise_19_in0[] = { 0.1, 0.5, 1, 2.5 };
static const double pointwise_19_out0[] = { 0.31622776602, 0.70710678119, 1, 1.5811388301 };
static const double pointwise_19_g[] = { -0.428, -1.025, -2.317, -0.497 };
static const double pointwise_19_grad0[] = { -0.67672741928, -0.72478445072, -1.1585, -0.15716519971 };
static const double pointwise_20_in0[] = { 0.1, 0.5, 1, 2.5 };
static const double pointwise_20_out0[] = { 3.1622776602, 1.4142135624, 1, 0.63245553203 };
static const double pointwise_20_g[] = { 1.966, 1.274, 2.748, 0.091 };
static const double pointwise_20_grad0[] = { -31.085189399, -1.8017080785, -1.374, -0.011510690683 };
static const double pointwise_21_in0[] = { 0.1, 0.5, 1, 2.5 };
static const double pointwise_21_out0[] = { 10, 2, 1, 0.4 };
static const double pointwise_21_g[] = { 1.765, -0.555, 0.563, -0.274 };
static const double pointwise_21_grad0[] = { -176.5, 2.22, -0.563, 0.04384 };
static const double pointwise_22_in0[] = { 0, -1, 1, NAN, INFINITY, -INFINITY };
static const double pointwise_22_out0[] = { 0, 1, 1, NAN, INFINITY, INFINITY };
static const double pointwise_22_g[] = { -1.117, -0.528, 0.921, -0.95, 1.534, 0.346 };
static const double pointwise_22_grad0[] = { -0, 0.528, 0.921, -0, 1.534, -0.346 };
static const double pointwise_23_in0[] = { 0, -1, 1, NAN, INFINITY, -INFINITY };
static const double pointwise_23_out0[] = { 0, 0, 1, NAN, INFINITY, 0 };
static const double pointwise_23_g[] = { 1.295, -0.274, -0.108, -0.649, 0.035, -1.081 };
static const double pointwise_23_grad0[] = { 0, 0, -0.108, -0.649, 0.035, 0 };
static const double pointwise_24_in0[] = { 0, -1, 1, NAN, INFINITY, -INFINITY };
static const double pointwise_24_out0[] = { 0, -1, 1, 0, 1, -1 };
static const double pointwise_24_g[] = { -0.646, 0.809, 0.137, 0.516, 0.081, -0.021 };
static const double pointwise_24_grad0[] = { 0, 0, 0, 0, 0, 0 };
static const double pointwise_25_in0[] = { 0, -1, 1, NAN, INFINITY, -INFINITY };
static const double pointwise_25_out0[] = { 0, NAN, 1, NAN, INFINITY, NAN };
static const double pointwise_25_g[] = { -0.269, -0.1, -0.182, -0.079, 0.379, 0.509 };
static const double pointwise_25_grad0[] = { -INFINITY, NAN, -0.091, NAN, 0, NAN };
static const double pointwise_26_in0[] = { 0, -1, 1, NAN, INFINITY, -INFINITY };
static const double pointwise_26_out0[] = { -INFINITY, NAN, 0, NAN, INFINITY, NAN };
static const double pointwise_26_g[] = { 0.308, 1.172, 0.527, -1.811, 0.716, 0.033 };
static const double pointwise_26_grad0[] = { INFINITY, -1.172, 0.527, NAN, 0, -0 };
static const double pointwise_27_in0[] = { 0, -1, 1, NAN, INFINITY, -INFINITY };
static const double pointwise_27_out0[] = { 0, -INFINITY, 0.69314718056, NAN, INFINITY, NAN };
static const double pointwise_27_g[] = { 0.036, -2.387, -2.393, 0.895, 0.321, 0.97 };
static const double pointwise_27_grad0[] = { 0.036, -INFINITY, -1.1965, NAN, 0, -0 };
static const double pointwise_28_in0[] = { 0, -1, 1, NAN, INFINITY, -INFINITY };
static const double pointwise_28_out0[] = { INFINITY, NAN, 1, NAN, 0, NAN };
static const double pointwise_28_g[] = { 1.362, -0.5, 0.547, -1.291, -0.754, -0.891 };
static const double pointwise_28_grad0[] = { -INFINITY, NAN, -0.2735, NAN, 0, NAN };
static const double pointwise_29_in0[] = { 0, -1, 1, NAN, INFINITY, -INFINITY };
static const double pointwise_29_out0[] = { INFINITY, -1, 1, NAN, 0, -0 };
static const double pointwise_29_g[] = { 0.486, -0.909, -0.037, 0.662, -2.405, 0.465 };
static const double pointwise_29_grad0[] = { -INFINITY, 0.909, 0.037, NAN, 0, -0 };
static const double pointwise_30_in0[] = { 0, -1, 1, NAN, INFINITY, -INFINITY };
static const double pointwise_30_out0[] = { 1, 0.36787944117, 2.7182818285, NAN, INFINITY, 0 };
static const double pointwise_30_g[] = { -0.139, -2.202, -0.372, 0.232, 0.505, -0.879 };
static const double pointwise_30_grad0[] = { -0.139, -0.81007052946, -1.0112008402, NAN, INFINITY, -0 };
static const double pointwise_31_in0[] = { 0, -1, 1, NAN, INFINITY, -INFINITY };
static const double pointwise_31_out0[] = { 0, -0.76159415596, 0.76159415596, NAN, 1, -1 };
static const double pointwise_31_g[] = { -1.915, 0.395, -0.697, 0.249, -0.334, -0.046 };
static const double pointwise_31_grad0[] = { -1.915, 0.16588986494, -0.2927221161, NAN, -0, -0 };
static const double pointwise_32_in0[] = { 0, -1, 1, NAN, INFINITY, -INFINITY };
static const double pointwise_32_out0[] = { 0, -0.84270079295, 0.84270079295, NAN, 1, -1 };
static const double pointwise_32_g[] = { 0.677, 1.721, 1.333, -0.212, -0.005, 2.26 };
static const double pointwise_32_grad0[] = { 0.76391269612, 0.71440000306, 0.55333829406, NAN, -0, 0 };
static const double pointwise_33_in0[] = { 0, -1, 1, NAN, INFINITY, -INFINITY };
static const double pointwise_33_out0[] = { 0.5, 0.26894142137, 0.73105857863, NAN, 1, 0 };
static const double pointwise_33_g[] = { 0.598, 0.177, 0.219, -1.221, -0.603, 1.587 };
static const double pointwise_33_grad0[] = { 0.1495, 0.034800312184, 0.04305801338, NAN, -0, 0 };
static const double pointwise_34_in0[] = { 0.5, 1.5, 2.5, -0.5, -1.5, NAN, INFINITY };
static const double pointwise_34_out0[] = { 0, 2, 2, -0, -2, NAN, INFINITY };
static const double pointwise_34_g[] = { 0.712, -1.419, 1.2, 1.167, 0.394, -1.31, 2.075 };
static const double pointwise_34_grad0[] = { 0, 0, 0, 0, 0, 0, 0 };
static const double pointwise_35_in0[] = { 0, -1, 1, NAN, INFINITY, -INFINITY };
static const double pointwise_35_out0[] = { 0, -0.2, 1, NAN, INFINITY, -INFINITY };
static const double pointwise_35_g[] = { 0.458, 1.649, -1.305, -0.38, 0.173, -0.908 };
static const double pointwise_35_grad0[] = { 0.0916, 0.3298, -1.305, -0.076, 0.173, -0.1816 };
static const double pointwise_36_in0[] = { 1.5, 1.4, 100, -100, NAN };
static const double pointwise_36_out0[] = { 1.5242936758, 1.4295164131, 100, 6.9194826337e-88, NAN };
static const double pointwise_36_g[] = { -0.874, 1.286, 1.408, 1.018, 0.012 };
static const double pointwise_36_grad0[] = { -0.83254978684, 1.2122811098, 1.408, 1.4088066642e-87, NAN };
static const double pointwise_37_in0[] = { -20, 20, NAN };
static const double pointwise_37_out0[] = { -0, 20, NAN };
static const double pointwise_37_g[] = { -0.628, -0.776, 0.077 };
static const double pointwise_37_grad0[] = { 6.9343111429e-87, -0.776, NAN };
static const double pointwise_38_in0[] = { -50, 50, NAN };
static const double pointwise_38_out0[] = { -9.6437492398e-21, 50, NAN };
static const double pointwise_38_g[] = { 0.117, 0.726, -0.494 };
static const double pointwise_38_grad0[] = { -1.1057522878e-21, 0.726, NAN };
static const double pointwise_39_in0[] = { 0.604, -0.327, -0.153, -0.001, 0.902, -1.831 };
static const double pointwise_39_in1[] = { 3.382, 1.806, 2.337, 2.206, 2.396, 2.395 };
static const double pointwise_39_out0[] = { 3.986, 1.479, 2.184, 2.205, 3.298, 0.564 };
static const double pointwise_39_g[] = { -1.25, -0.404, -0.636, -1.752, 0.707, 0.817 };
static const double pointwise_39_grad0[] = { -1.25, -0.404, -0.636, -1.752, 0.707, 0.817 };
static const double pointwise_39_grad1[] = { -1.25, -0.404, -0.636, -1.752, 0.707, 0.817 };
static const double pointwise_40_in0[] = { -1.044, 0.78, 0.492, 1.772, 1.672, 0.09 };
static const double pointwise_40_in1[] = { 3.305, 2.796, 2.14, 1.563, 3.724, 1.63 };
static const double pointwise_40_out0[] = { -4.349, -2.016, -1.648, 0.209, -2.052, -1.54 };
static const double pointwise_40_g[] = { -0.06, -0.119, 0.199, 0.642, 0.822, -1.5 };
static const double pointwise_40_grad0[] = { -0.06, -0.119, 0.199, 0.642, 0.822, -1.5 };
static const double pointwise_40_grad1[] = { 0.06, 0.119, -0.199, -0.642, -0.822, 1.5 };
static const double pointwise_41_in0[] = { -1.208, -1.157, -0.579, 0.214, 0.898, -1.002 };
static const double pointwise_41_in1[] = { 3.095, 2.889, 4.046, 2.34, 5.471, 3.252 };
static const double pointwise_41_out0[] = { -3.73876, -3.342573, -2.342634, 0.50076, 4.912958, -3.258504 };
static const double pointwise_41_g[] = { -0.158, -0.177, -0.067, 1.071, 0.563, -1.18 };
static const double pointwise_41_grad0[] = { -0.48901, -0.511353, -0.271082, 2.50614, 3.080173, -3.83736 };
static const double pointwise_41_grad1[] = { 0.190864, 0.204789, 0.038793, 0.229194, 0.505574, 1.18236 };
static const double pointwise_42_in0[] = { 0.164, 0.138, -1.337, 1.006, -0.051, 1.914 };
static const double pointwise_42_in1[] = { 3.239, 3.349, 3.483, 2.049, 2.382, 3.401 };
static const double pointwise_42_out0[] = { 0.050632911392, 0.041206330248, -0.38386448464, 0.49097120547, -0.021410579345, 0.56277565422 };
static const double pointwise_42_g[] = { -1.164, -1.119, 2.846, -0.566, -0.627, -1.229 };
static const double pointwise_42_grad0[] = { -0.35937017598, -0.33412959092, 0.81711168533, -0.27623230844, -0.26322418136, -0.36136430462 };
static const double pointwise_42_grad1[] = { 0.018195958277, 0.013768254269, 0.31366015598, 0.13562210947, -0.0056357822206, 0.20336703294 };
static const double pointwise_43_in0[] = { -1.265, -1.553, 0.169, 0.924, -0.386, 1.312 };
static const double pointwise_43_in1[] = { 0.768, 1.012, 1.819 };
static const double pointwise_43_out0[] = { -0.497, -0.541, 1.988, 1.692, 0.626, 3.131 };
static const double pointwise_43_g[] = { -0.042, -0.62, -0.313, -0.328, -0.481, 0.048 };
static const double pointwise_43_grad0[] = { -0.042, -0.62, -0.313, -0.328, -0.481, 0.048 };
static const double pointwise_43_grad1[] = { -0.37, -1.101, -0.265 };
static const double pointwise_44_in0[] = { 0.323, -1.421 };
static const double pointwise_44_in1[] = { -0.968, -0.245, -2.253 };
static const double pointwise_44_out0[] = { 1.291, 0.568, 2.576, -0.453, -1.176, 0.832 };
static const double pointwise_44_g[] = { 1.109, -0.086, -0.53, -0.603, -0.761, -0.777 };
static const double pointwise_44_grad0[] = { 0.493, -2.141 };
static const double pointwise_44_grad1[] = { -0.506, 0.847, 1.307 };
static const double pointwise_45_in0[] = { -1.814, 0.495, -0.266, 0.115, 0.578, 0.28 };
static const double pointwise_45_in1[] = { -0.691 };
static const double pointwise_45_out0[] = { 1.253474, -0.342045, 0.183806, -0.079465, -0.399398, -0.19348 };
static const double pointwise_45_g[] = { -0.608, 0.824, 0.117, 1.046, -0.045, -0.253 };
static const double pointwise_45_grad0[] = { 0.420128, -0.569384, -0.080847, -0.722786, 0.031095, 0.174823 };
static const double pointwise_45_grad1[] = { 1.50311 };
static const double pointwise_46_in0[] = { -0.456, -0.755, -0.44, 0.085, 0.285, -0.191 };
static const double pointwise_46_in1[] = { 3.894, 2.912 };
static const double pointwise_46_out0[] = { -0.11710323575, -0.19388803287, -0.11299435028, 0.02918956044, 0.097870879121, -0.065590659341 };
static const double pointwise_46_g[] = { -1.541, 1.852, -0.104, -0.518, -0.865, 0.266 };
static const double pointwise_46_grad0[] = { -0.39573703133, 0.47560349255, -0.026707755521, -0.17788461538, -0.2970467033, 0.091346153846 };
static const double pointwise_46_grad1[] = { 0.042853913241, 0.040256050183 };
static const double pointwise_47_in0[] = { 0 };
static const double pointwise_47_in1[] = { 0.88, 0.485, 0.656 };
static const double pointwise_47_out0[] = { 0 };
static const double pointwise_47_g[] = { 0 };
static const double pointwise_47_grad0[] = { 0 };
static const double pointwise_47_grad1[] = { 0, 0, 0 };
static const double pointwise_48_in0[] = { -0.458, 0.776, 0.201, -0.942, -0.39, 0.044 };
static const double pointwise_48_in1[] = { -1.152, -0.036, -2.009, -1.343, 0.515, -0.808 };
static const double pointwise_48_out0[] = { 0.527616, -0.007236, 0.78351, -1.042168, -0.48513, -0.035552 };
static const double pointwise_48_g[] = { -0.644, -0.032, 0.684, 0.483, 0.845, -0.248 };
static const double pointwise_48_grad0[] = { 0.741888, -0.648669, 0.001152, 0.435175, -1.374156, 0.200384 };
static const double pointwise_48_grad1[] = { 0.294952, -0.006432, -0.26676, 0.374808, -0.79599, -0.010912 };
static const double pointwise_49_in0[] = { -0.622, 0.801, 0.77, 0.368, -1.878, 0.071 };
static const double pointwise_49_in1[] = { 1.289, -0.04, 0.379 };
static const double pointwise_49_out0[] = { -3.8445, 0.901, -0.1775, -2.8545, -1.778, -0.8765 };
static const double pointwise_49_g[] = { 1.951, -0.607, 0.052, -0.446, 0.911, -0.214 };
static const double pointwise_49_grad0[] = { 1.951, -0.607, 0.052, -0.446, 0.911, -0.214 };
static const double pointwise_49_grad1[] = { -3.7625, -0.76, 0.405 };
static const double pointwise_50_in0[] = { 0.09, 0.505, -1.623, -0.043, -1.154, 1.786 };
static const double pointwise_50_out0[] = { 0.0819, 0.249975, -4.257129, -0.044849, -2.485716, -1.403796 };
static const double pointwise_50_g[] = { -0.739, 0.669, -0.967, 0.095, 0.35, 0.346 };
static const double pointwise_50_grad0[] = { -0.60598, -0.00669, -4.105882, 0.10317, 1.1578, -0.889912 };
static const double pointwise_51_in0[] = { 1, 0, 0, INFINITY };
static const double pointwise_51_in1[] = { 0, 0, 2, INFINITY };
static const double pointwise_51_out0[] = { INFINITY, NAN, 0, NAN };
static const double pointwise_51_g[] = { 0.573, -0.58, 0.163, -2.693 };
static const double pointwise_51_grad0[] = { INFINITY, -INFINITY, 0.0815, -0 };
static const double pointwise_51_grad1[] = { -INFINITY, NAN, -0, NAN };
static const double pointwise_52_in0[] = { 0.098, 0.531, 0.621, 0.565, 0.627, 0.552 };
static const double pointwise_52_in1[] = { -1.132, 1.365, 1.039, -0.544, 0.081, 0.88 };
static const double pointwise_52_out0[] = { 13.865389763, 0.42145772766, 0.60956801749, 1.3642238707, 0.96289442187, 0.59279753409 };
static const double pointwise_52_g[] = { -1.172, -1.039, -0.358, -0.305, -0.534, -0.246 };
static const double pointwise_52_grad0[] = { 187.70681694, -1.125661206, -0.36511455543, 0.40062305243, -0.066425893658, -0.23247972859 };
static const double pointwise_52_grad1[] = { 37.745851796, 0.27718431613, 0.10396783727, 0.23755709388, 0.24002634115, 0.086652167242 };
static const double pointwise_53_in0[] = { 0, 0, 0, 2, -2, 0, 0, -2 };
static const double pointwise_53_in1[] = { 0, 1, 2, 3, 2, 0.5, -1, 0 };
static const double pointwise_53_out0[] = { 1, 0, 0, 8, 4, 0, INFINITY, 1 };
static const double pointwise_53_g[] = { -0.107, 0.751, -0.721, -0.884, -1.918, 0.672, -2.314, -0.466 };
static const double pointwise_53_grad0[] = { 0, 0.751, -0, -10.608, 7.672, INFINITY, INFINITY, 0 };
static const double pointwise_53_grad1[] = { -0, 0, -0, -4.9019368609, NAN, 0, INFINITY, NAN };
static const double pointwise_54_in0[] = { 0, 1.5, -2, NAN };
static const double pointwise_54_out0[] = { 1, 1, 1, 1 };
static const double pointwise_54_g[] = { -0.747, 0.102, 0.177, 0.162 };
static const double pointwise_54_grad0[] = { 0, 0, 0, 0 };
static const double pointwise_55_in0[] = { 0, 1.5, -2, NAN };
static const double pointwise_55_out0[] = { 0, 1.5, -2, NAN };
static const double pointwise_55_g[] = { -0.299, -0.833, 0.812, 1.198 };
static const double pointwise_55_grad0[] = { -0.299, -0.833, 0.812, 1.198 };
static const double pointwise_56_in0[] = { 0, 1.5, -2, NAN };
static const double pointwise_56_out0[] = { 0, 2.25, 4, NAN };
static const double pointwise_56_g[] = { 0.766, 1.824, 2.416, 0.595 };
static const double pointwise_56_grad0[] = { 0, 5.472, -9.664, NAN };
static const double pointwise_57_in0[] = { 0, 1.5, -2, NAN };
static const double pointwise_57_out0[] = { 0, 3.375, -8, NAN };
static const double pointwise_57_g[] = { 0.942, 0.202, -0.528, -0.072 };
static const double pointwise_57_grad0[] = { 0, 1.3635, -6.336, NAN };
static const double pointwise_58_in0[] = { 0, 2, -1 };
static const double pointwise_58_out0[] = { 0, 1.4142135624, NAN };
static const double pointwise_58_g[] = { -1.183, -1.247, 1.527 };
static const double pointwise_58_grad0[] = { -INFINITY, -0.44088107807, NAN };
static const double pointwise_59_in0[] = { 0.5, 2 };
static const double pointwise_59_out0[] = { 2.8284271247, 0.35355339059 };
static const double pointwise_59_g[] = { -2.821, 1.784 };
static const double pointwise_59_grad0[] = { 23.936978757, -0.47305443661 };
static const double pointwise_60_in0[] = { 0, 1, -1 };
static const double pointwise_60_out0[] = { 1, 2, 0.5 };
static const double pointwise_60_g[] = { -2.875, -2.582, -0.822 };
static const double pointwise_60_grad0[] = { -1.9927981441, -3.5794120404, -0.28488349121 };
static const double pointwise_61_in0[] = { 0, 1, -1 };
static const double pointwise_61_out0[] = { 1, 0, INFINITY };
static const double pointwise_61_g[] = { -0.596, -1.096, 1.261 };
static const double pointwise_61_grad0[] = { -0, -0, -INFINITY };
static const double pointwise_62_in0[] = { 0.242, -2.106, -0.084, 1.076, -1.355, -0.752 };
static const double pointwise_62_in1[] = { -0.984, -1.646, 0.752 };
static const double pointwise_62_out0[] = { 0.242, -1.646, 0.752, 1.076, -1.355, 0.752 };
static const double pointwise_62_g[] = { 0.248, 0.798, -1.828, 1.145, 0.941, -0.437 };
static const double pointwise_62_grad0[] = { 0.248, 0, 0, 1.145, 0.941, 0 };
static const double pointwise_62_grad1[] = { 0, 0.798, -2.265 };
static const double pointwise_63_in0[] = { 1, 2, 3, NAN, 1, INFINITY };
static const double pointwise_63_in1[] = { 1, 3, 2, 1, NAN, INFINITY };
static const double pointwise_63_out0[] = { 1, 3, 3, NAN, NAN, INFINITY };
static const double pointwise_63_g[] = { -0.204, 0.237, -2.11, -0.37, 0.832, 1.537 };
static const double pointwise_63_grad0[] = { -0.102, 0, -2.11, -0.37, 0.832, 0.7685 };
static const double pointwise_63_grad1[] = { -0.102, 0.237, 0, -0.37, 0.832, 0.7685 };
static const double pointwise_64_in0[] = { 1.749, 1.194, -0.263, 0.292, -1.243, 1.785 };
static const double pointwise_64_in1[] = { -0.013, -0.143, 0.351 };
static const double pointwise_64_out0[] = { -0.013, -0.143, -0.263, -0.013, -1.243, 0.351 };
static const double pointwise_64_g[] = { -1.286, 0.749, 0.198, 1.446, 0.712, 0.248 };
static const double pointwise_64_grad0[] = { 0, 0, 0.198, 0, 0.712, 0 };
static const double pointwise_64_grad1[] = { 0.16, 0.749, 0.248 };
static const double pointwise_65_in0[] = { 1, 2, 3, NAN, 1, INFINITY };
static const double pointwise_65_in1[] = { 1, 3, 2, 1, NAN, INFINITY };
static const double pointwise_65_out0[] = { 1, 2, 2, NAN, NAN, INFINITY };
static const double pointwise_65_g[] = { -1.123, 0.68, 0.184, 1.32, -0.191, -1.416 };
static const double pointwise_65_grad0[] = { -0.5615, 0.68, 0, 1.32, -0.191, -0.708 };
static const double pointwise_65_grad1[] = { -0.5615, 0, 0.184, 1.32, -0.191, -0.708 };
static const double pointwise_66_in0[] = { -0.204, 1.076, 0.741, -0.179, -0.337, -0.473 };
static const double pointwise_66_in1[] = { -3.093, 0.793, 0.761, -0.383, -1.258, 0.31 };
static const double pointwise_66_in2[] = { 0.302, 0.856, 0.092 };
static const double pointwise_66_out0[] = { -1.076478, 0.833752, 0.74284, -0.240608, -1.125376, -0.400964 };
static const double pointwise_66_g[] = { -1.251, 0.435, -1.239, -0.602, -0.47, 0.025 };
static const double pointwise_66_grad0[] = { -0.873198, 0.06264, -1.125012, -0.420196, -0.06768, 0.0227 };
static const double pointwise_66_grad1[] = { -0.377802, 0.37236, -0.113988, -0.181804, -0.40232, 0.0023 };
static const double pointwise_66_grad2[] = { 3.736947, 0.309765, -0.005205 };
static const double pointwise_67_in0[] = { 0.741, 0.546, -0.151, -2.991, 1.401, 0.805 };
static const double pointwise_67_in1[] = { 0.281, 0.406, 0.453 };
static const double pointwise_67_out0[] = { 0.396, 0.441, 0.302, -0.537, 0.65475, 0.541 };
static const double pointwise_67_g[] = { -0.88, 0.913, 0.002, -0.87, -0.046, 0.998 };
static const double pointwise_67_grad0[] = { -0.22, 0.22825, 0.0005, -0.2175, -0.0115, 0.2495 };
static const double pointwise_67_grad1[] = { -1.3125, 0.65025, 0.75 };
static const double pointwise_68_in0[] = { -0.13, 0.384, -0.126, -0.223, 1.06, 0.982 };
static const double pointwise_68_in1[] = { 0.783, 1.574, 1.077 };
static const double pointwise_68_in2[] = { -1.461, 1.785 };
static const double pointwise_68_out0[] = { -0.7019815, -0.765807, -0.9127485, 0.4758275, 2.464795, 1.9432225 };
static const double pointwise_68_g[] = { -0.777, 0.735, -0.228, 2.181, -0.038, -0.269 };
static const double pointwise_68_grad0[] = { -0.777, 0.735, -0.228, 2.181, -0.038, -0.269 };
static const double pointwise_68_grad1[] = { 2.514141, -0.5708325, -0.0735285 };
static const double pointwise_68_grad2[] = { 0.1514715, 0.679099 };
static const double pointwise_69_in0[] = { -0.7, 0.166, 0.075, -0.199, -0.286, -0.755 };
static const double pointwise_69_in1[] = { -0.14, -1.246, -1.046 };
static const double pointwise_69_in2[] = { 0.023, -2.131 };
static const double pointwise_69_out0[] = { -0.70322, 0.137342, 0.050942, 0.09934, 2.369226, 1.474026 };
static const double pointwise_69_g[] = { -0.061, 0.506, 0.331, -0.84, 0.014, 0.636 };
static const double pointwise_69_grad0[] = { -0.061, 0.506, 0.331, -0.84, 0.014, 0.636 };
static const double pointwise_69_grad1[] = { 1.788637, -0.018196, -1.347703 };
static const double pointwise_69_grad2[] = { -0.968162, -0.5651 };
static const double pointwise_70_in0[] = { -0.094, 0.972, -0.344, 0.136, -0.613, -0.28 };
static const double pointwise_70_in1[] = { -0.089, -0.488, 0.388 };
static const double pointwise_70_in2[] = { 2.639, 2.843 };
static const double pointwise_70_out0[] = { -0.026550208412, 1.3418370595, -0.63805077681, 0.1986099191, -0.26970066831, -0.55295110798 };
static const double pointwise_70_g[] = { -0.314, -0.39, 2.086, 0.492, -0.341, -0.278 };
static const double pointwise_70_grad0[] = { -0.314, -0.39, 2.086, 0.492, -0.341, -0.278 };
static const double pointwise_70_grad1[] = { -0.10814433302, 0.53545394531, -1.3853337949 };
static const double pointwise_70_grad2[] = { 0.29511390988, 0.0036512781886 };
static const double pointwise_71_in0[] = { -2, -1, 0, 1, 2, NAN };
static const double pointwise_71_out0[] = { -1, -1, 0, 1, 1, NAN };
static const double pointwise_71_g[] = { 0.384, 0.579, 0.804, -2.163, 0.583, -1.01 };
static const double pointwise_71_grad0[] = { 0, 0, 0.804, 0, 0, 0 };
static const double pointwise_72_in0[] = { -2, -1, 0, 1, 2, NAN };
static const double pointwise_72_out0[] = { -1, -1, 0, 1, 2, NAN };
static const double pointwise_72_g[] = { -1.28, 1.303, -0.289, 0.563, -0.735, 1.976 };
static const double pointwise_72_grad0[] = { 0, 0, -0.289, 0.563, -0.735, 0 };
static const double pointwise_73_in0[] = { -2, -1, 0, 1, 2, NAN };
static const double pointwise_73_out0[] = { -2, -1, 0, 1, 1, NAN };
static const double pointwise_73_g[] = { 0.506, -0.08, 0.082, -0.248, 1.301, -0.466 };
static const double pointwise_73_grad0[] = { 0.506, -0.08, 0.082, 0, 0, 0 };
static const double pointwise_74_in0[] = { -2, -1, 0, 1, 2, 0, NAN, 1, 0, 2 };
static const double pointwise_74_in1[] = { -1, -1, -1, -1, -1, 3, 0, 1, 1, 1 };
static const double pointwise_74_in2[] = { 1, 1, 1, 1, 1, 2, 1, 1, 1, 1 };
static const double pointwise_74_out0[] = { -1, -1, 0, 1, 1, 2, NAN, 1, 1, 1 };
static const double pointwise_74_g[] = { 0.23, -0.325, -0.878, 1.141, -1.018, -1.03, -2.033, -0.893, -0.837, -0.004 };
static const double pointwise_74_grad0[] = { 0, -0.1625, -0.878, 0.5705, 0, 0, -2.033, -0.893, 0, 0 };
static const double pointwise_74_grad1[] = { 0.23, -0.1625, 0, 0, 0, 0, 0, 0, -0.837, 0 };
static const double pointwise_74_grad2[] = { 0, 0, 0, 0.5705, -1.018, -1.03, 0, 0, 0, -0.004 };
static const double pointwise_75_in0[] = { -2, -1, 0, 1, 2, NAN };
static const double pointwise_75_in1[] = { -1 };
static const double pointwise_75_out0[] = { -1, -1, 0, 1, 2, NAN };
static const double pointwise_75_g[] = { 0.349, -0.081, -0.247, -1.595, -0.454, 0.049 };
static const double pointwise_75_grad0[] = { 0, -0.0405, -0.247, -1.595, -0.454, 0.049 };
static const double pointwise_75_grad1[] = { 0.3575 };
static const double pointwise_76_in0[] = { -2, -1, 0, 1, 2, NAN };
static const double pointwise_76_in1[] = { 1 };
static const double pointwise_76_out0[] = { -2, -1, 0, 1, 1, NAN };
static const double pointwise_76_g[] = { 0.985, 1.53, 0.369, -1.781, -0.73, -0.349 };
static const double pointwise_76_grad0[] = { 0.985, 1.53, 0.369, -0.8905, 0, -0.349 };
static const double pointwise_76_grad1[] = { -1.9695 };
static const double pointwise_77_in0[] = { 0.091, -2.637, -0.542, -1.612, -1.742, -0.897 };
static const double pointwise_77_in1[] = { -0.119, -1.18, -0.593 };
static const double pointwise_77_in2[] = { 1, 0, 1 };
static const double pointwise_77_out0[] = { 0.091, -1.18, -0.542, -1.612, -1.18, -0.897 };
static const double pointwise_77_g[] = { -1.191, -0.359, 0.136, 0.246, -0.169, 1.187 };
static const double pointwise_77_grad0[] = { -1.191, 0, 0.136, 0.246, 0, 1.187 };
static const double pointwise_77_grad1[] = { 0, -0.528, 0 };
static const double pointwise_78_in0[] = { 1, NAN };
static const double pointwise_78_in1[] = { NAN, 2 };
static const double pointwise_78_in2[] = { 1, 0 };
static const double pointwise_78_out0[] = { 1, 2 };
static const double pointwise_78_g[] = { -0.841, 1.068 };
static const double pointwise_78_grad0[] = { -0.841, 0 };
static const double pointwise_78_grad1[] = { 0, 1.068 };
static const double pointwise_79_in0[] = { 0.076, -1.853, -1.191, -1.149, -0.923, 0.016 };
static const double pointwise_79_in1[] = { 1, 0, 1 };
static const double pointwise_79_out0[] = { 0.076, 7, -1.191, -1.149, 7, 0.016 };
static const double pointwise_79_g[] = { -1.407, -0.36, 0.795, 0.74, 0.821, 1.125 };
static const double pointwise_79_grad0[] = { -1.407, 0, 0.795, 0.74, 0, 1.125 };
static const double pointwise_80_in0[] = { -0.298, -0.437, -1.075, 2.274, 2.086, 0.73 };
static const double pointwise_80_in1[] = { 1, 0, 1 };
static const double pointwise_80_out0[] = { -INFINITY, -0.437, -INFINITY, -INFINITY, 2.086, -INFINITY };
static const double pointwise_80_g[] = { -1.3, 1.044, -0.498, -0.985, 1.161, 0.902 };
static const double pointwise_80_grad0[] = { 0, 1.044, 0, 0, 1.161, 0 };
static const double pointwise_81_in0[] = { -0.722, 0.722, -0.928, 0.521, 1.363, 0.09 };
static const double pointwise_81_in1[] = { 0.78 };
static const double pointwise_81_in2[] = { 1, 0, 1 };
static const double pointwise_81_out0[] = { 0.78, 0.722, 0.78, 0.78, 1.363, 0.78 };
static const double pointwise_81_g[] = { 2.409, -0.074, 1.886, 0.502, -1.213, 0.827 };
static const double pointwise_81_grad0[] = { 0, -0.074, 0, 0, -1.213, 0 };
static const double pointwise_81_grad1[] = { 5.624 };
static const double pointwise_82_in0[] = { 1, 2, 3, NAN, INFINITY };
static const double pointwise_82_in1[] = { 1, 3, 2, NAN, INFINITY };
static const double pointwise_82_out0[] = { 1, 0, 0, 0, 1 };
static const double pointwise_83_in0[] = { 1, 2, 3, NAN, INFINITY };
static const double pointwise_83_in1[] = { 1, 3, 2, NAN, INFINITY };
static const double pointwise_83_out0[] = { 0, 1, 1, 1, 0 };
static const double pointwise_84_in0[] = { 1, 2, 3, NAN, INFINITY };
static const double pointwise_84_in1[] = { 1, 3, 2, NAN, INFINITY };
static const double pointwise_84_out0[] = { 0, 1, 0, 0, 0 };
static const double pointwise_85_in0[] = { 1, 2, 3, NAN, INFINITY };
static const double pointwise_85_in1[] = { 1, 3, 2, NAN, INFINITY };
static const double pointwise_85_out0[] = { 1, 1, 0, 0, 1 };
static const double pointwise_86_in0[] = { 1, 2, 3, NAN, INFINITY };
static const double pointwise_86_in1[] = { 1, 3, 2, NAN, INFINITY };
static const double pointwise_86_out0[] = { 0, 0, 1, 0, 0 };
static const double pointwise_87_in0[] = { 1, 2, 3, NAN, INFINITY };
static const double pointwise_87_in1[] = { 1, 3, 2, NAN, INFINITY };
static const double pointwise_87_out0[] = { 1, 0, 1, 0, 1 };
static const double pointwise_88_in0[] = { 1, 2, 3, NAN, INFINITY };
static const double pointwise_88_in1[] = { 1, 3, 2, NAN, INFINITY };
static const double pointwise_88_out0[] = { 1, 1, 1, 1, 1 };
static const double pointwise_89_in0[] = { 1, 2, 3, NAN, INFINITY };
static const double pointwise_89_in1[] = { 1, 3, 2, NAN, INFINITY };
static const double pointwise_89_out0[] = { 1, 1, 1, 1, 1 };
static const double pointwise_90_in0[] = { 1, 2, 3, NAN, INFINITY };
static const double pointwise_90_in1[] = { 1, 3, 2, NAN, INFINITY };
static const double pointwise_90_out0[] = { 0, 0, 0, 0, 0 };
static const double pointwise_91_in0[] = { 0, -0, 1, NAN };
static const double pointwise_91_out0[] = { 1, 1, 0, 0 };
static const double pointwise_92_in0[] = { 0, -1, 1, NAN, INFINITY, -INFINITY };
static const double pointwise_92_out0[] = { 0, 0, 0, 1, 0, 0 };
static const golden golden_pointwise[] = {
    { .name = "neg", .in = { { 'f', 1, { 6 }, pointwise_0_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_0_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_0_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_0_grad0 } } },
    { .name = "exp", .in = { { 'f', 1, { 6 }, pointwise_1_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_1_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_1_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_1_grad0 } } },
    { .name = "sin", .in = { { 'f', 1, { 6 }, pointwise_2_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_2_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_2_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_2_grad0 } } },
    { .name = "cos", .in = { { 'f', 1, { 6 }, pointwise_3_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_3_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_3_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_3_grad0 } } },
    { .name = "tanh", .in = { { 'f', 1, { 6 }, pointwise_4_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_4_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_4_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_4_grad0 } } },
    { .name = "erf", .in = { { 'f', 1, { 6 }, pointwise_5_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_5_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_5_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_5_grad0 } } },
    { .name = "sigmoid", .in = { { 'f', 1, { 6 }, pointwise_6_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_6_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_6_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_6_grad0 } } },
    { .name = "relu", .in = { { 'f', 1, { 6 }, pointwise_7_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_7_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_7_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_7_grad0 } } },
    { .name = "abs", .in = { { 'f', 1, { 6 }, pointwise_8_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_8_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_8_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_8_grad0 } } },
    { .name = "sign", .in = { { 'f', 1, { 6 }, pointwise_9_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_9_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_9_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_9_grad0 } } },
    { .name = "floor", .in = { { 'f', 1, { 6 }, pointwise_10_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_10_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_10_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_10_grad0 } } },
    { .name = "round", .in = { { 'f', 1, { 6 }, pointwise_11_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_11_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_11_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_11_grad0 } } },
    { .name = "leaky_relu", .in = { { 'f', 1, { 6 }, pointwise_12_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_12_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_12_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_12_grad0 } } },
    { .name = "gelu", .in = { { 'f', 1, { 6 }, pointwise_13_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_13_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_13_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_13_grad0 } } },
    { .name = "gelu_tanh", .in = { { 'f', 1, { 6 }, pointwise_14_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_14_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_14_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_14_grad0 } } },
    { .name = "silu", .in = { { 'f', 1, { 6 }, pointwise_15_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_15_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_15_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_15_grad0 } } },
    { .name = "softplus", .in = { { 'f', 1, { 6 }, pointwise_16_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_16_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_16_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_16_grad0 } } },
    { .name = "log", .in = { { 'f', 1, { 4 }, pointwise_17_in0 } },
      .out = { { 'f', 1, { 4 }, pointwise_17_out0 } },
      .grad_out = { 'f', 1, { 4 }, pointwise_17_g },
      .grad_in = { { 'f', 1, { 4 }, pointwise_17_grad0 } } },
    { .name = "log1p", .in = { { 'f', 1, { 4 }, pointwise_18_in0 } },
      .out = { { 'f', 1, { 4 }, pointwise_18_out0 } },
      .grad_out = { 'f', 1, { 4 }, pointwise_18_g },
      .grad_in = { { 'f', 1, { 4 }, pointwise_18_grad0 } } },
    { .name = "sqrt", .in = { { 'f', 1, { 4 }, pointwise_19_in0 } },
      .out = { { 'f', 1, { 4 }, pointwise_19_out0 } },
      .grad_out = { 'f', 1, { 4 }, pointwise_19_g },
      .grad_in = { { 'f', 1, { 4 }, pointwise_19_grad0 } } },
    { .name = "rsqrt", .in = { { 'f', 1, { 4 }, pointwise_20_in0 } },
      .out = { { 'f', 1, { 4 }, pointwise_20_out0 } },
      .grad_out = { 'f', 1, { 4 }, pointwise_20_g },
      .grad_in = { { 'f', 1, { 4 }, pointwise_20_grad0 } } },
    { .name = "reciprocal", .in = { { 'f', 1, { 4 }, pointwise_21_in0 } },
      .out = { { 'f', 1, { 4 }, pointwise_21_out0 } },
      .grad_out = { 'f', 1, { 4 }, pointwise_21_g },
      .grad_in = { { 'f', 1, { 4 }, pointwise_21_grad0 } } },
    { .name = "abs_hard", .in = { { 'f', 1, { 6 }, pointwise_22_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_22_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_22_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_22_grad0 } } },
    { .name = "relu_hard", .in = { { 'f', 1, { 6 }, pointwise_23_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_23_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_23_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_23_grad0 } } },
    { .name = "sign_hard", .in = { { 'f', 1, { 6 }, pointwise_24_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_24_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_24_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_24_grad0 } } },
    { .name = "sqrt_hard", .in = { { 'f', 1, { 6 }, pointwise_25_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_25_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_25_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_25_grad0 } } },
    { .name = "log_hard", .in = { { 'f', 1, { 6 }, pointwise_26_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_26_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_26_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_26_grad0 } } },
    { .name = "log1p_hard", .in = { { 'f', 1, { 6 }, pointwise_27_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_27_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_27_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_27_grad0 } } },
    { .name = "rsqrt_hard", .in = { { 'f', 1, { 6 }, pointwise_28_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_28_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_28_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_28_grad0 } } },
    { .name = "reciprocal_hard", .in = { { 'f', 1, { 6 }, pointwise_29_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_29_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_29_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_29_grad0 } } },
    { .name = "exp_hard", .in = { { 'f', 1, { 6 }, pointwise_30_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_30_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_30_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_30_grad0 } } },
    { .name = "tanh_hard", .in = { { 'f', 1, { 6 }, pointwise_31_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_31_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_31_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_31_grad0 } } },
    { .name = "erf_hard", .in = { { 'f', 1, { 6 }, pointwise_32_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_32_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_32_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_32_grad0 } } },
    { .name = "sigmoid_hard", .in = { { 'f', 1, { 6 }, pointwise_33_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_33_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_33_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_33_grad0 } } },
    { .name = "round_hard", .in = { { 'f', 1, { 7 }, pointwise_34_in0 } },
      .out = { { 'f', 1, { 7 }, pointwise_34_out0 } },
      .grad_out = { 'f', 1, { 7 }, pointwise_34_g },
      .grad_in = { { 'f', 1, { 7 }, pointwise_34_grad0 } } },
    { .name = "leaky_relu_hard", .in = { { 'f', 1, { 6 }, pointwise_35_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_35_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_35_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_35_grad0 } } },
    { .name = "softplus_hard", .in = { { 'f', 1, { 5 }, pointwise_36_in0 } },
      .out = { { 'f', 1, { 5 }, pointwise_36_out0 } },
      .grad_out = { 'f', 1, { 5 }, pointwise_36_g },
      .grad_in = { { 'f', 1, { 5 }, pointwise_36_grad0 } } },
    { .name = "gelu_far", .in = { { 'f', 1, { 3 }, pointwise_37_in0 } },
      .out = { { 'f', 1, { 3 }, pointwise_37_out0 } },
      .grad_out = { 'f', 1, { 3 }, pointwise_37_g },
      .grad_in = { { 'f', 1, { 3 }, pointwise_37_grad0 } } },
    { .name = "silu_far", .in = { { 'f', 1, { 3 }, pointwise_38_in0 } },
      .out = { { 'f', 1, { 3 }, pointwise_38_out0 } },
      .grad_out = { 'f', 1, { 3 }, pointwise_38_g },
      .grad_in = { { 'f', 1, { 3 }, pointwise_38_grad0 } } },
    { .name = "add", .in = { { 'f', 2, { 2, 3 }, pointwise_39_in0 }, { 'f', 2, { 2, 3 }, pointwise_39_in1 } },
      .out = { { 'f', 2, { 2, 3 }, pointwise_39_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, pointwise_39_g },
      .grad_in = { { 'f', 2, { 2, 3 }, pointwise_39_grad0 }, { 'f', 2, { 2, 3 }, pointwise_39_grad1 } } },
    { .name = "sub", .in = { { 'f', 2, { 2, 3 }, pointwise_40_in0 }, { 'f', 2, { 2, 3 }, pointwise_40_in1 } },
      .out = { { 'f', 2, { 2, 3 }, pointwise_40_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, pointwise_40_g },
      .grad_in = { { 'f', 2, { 2, 3 }, pointwise_40_grad0 }, { 'f', 2, { 2, 3 }, pointwise_40_grad1 } } },
    { .name = "mul", .in = { { 'f', 2, { 2, 3 }, pointwise_41_in0 }, { 'f', 2, { 2, 3 }, pointwise_41_in1 } },
      .out = { { 'f', 2, { 2, 3 }, pointwise_41_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, pointwise_41_g },
      .grad_in = { { 'f', 2, { 2, 3 }, pointwise_41_grad0 }, { 'f', 2, { 2, 3 }, pointwise_41_grad1 } } },
    { .name = "div", .in = { { 'f', 2, { 2, 3 }, pointwise_42_in0 }, { 'f', 2, { 2, 3 }, pointwise_42_in1 } },
      .out = { { 'f', 2, { 2, 3 }, pointwise_42_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, pointwise_42_g },
      .grad_in = { { 'f', 2, { 2, 3 }, pointwise_42_grad0 }, { 'f', 2, { 2, 3 }, pointwise_42_grad1 } } },
    { .name = "add_row", .in = { { 'f', 2, { 2, 3 }, pointwise_43_in0 }, { 'f', 1, { 3 }, pointwise_43_in1 } },
      .out = { { 'f', 2, { 2, 3 }, pointwise_43_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, pointwise_43_g },
      .grad_in = { { 'f', 2, { 2, 3 }, pointwise_43_grad0 }, { 'f', 1, { 3 }, pointwise_43_grad1 } } },
    { .name = "sub_outer", .in = { { 'f', 2, { 2, 1 }, pointwise_44_in0 }, { 'f', 2, { 1, 3 }, pointwise_44_in1 } },
      .out = { { 'f', 2, { 2, 3 }, pointwise_44_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, pointwise_44_g },
      .grad_in = { { 'f', 2, { 2, 1 }, pointwise_44_grad0 }, { 'f', 2, { 1, 3 }, pointwise_44_grad1 } } },
    { .name = "mul_number", .in = { { 'f', 2, { 2, 3 }, pointwise_45_in0 }, { 'f', 0, { 0 }, pointwise_45_in1 } },
      .out = { { 'f', 2, { 2, 3 }, pointwise_45_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, pointwise_45_g },
      .grad_in = { { 'f', 2, { 2, 3 }, pointwise_45_grad0 }, { 'f', 0, { 0 }, pointwise_45_grad1 } } },
    { .name = "div_column", .in = { { 'f', 2, { 2, 3 }, pointwise_46_in0 }, { 'f', 2, { 2, 1 }, pointwise_46_in1 } },
      .out = { { 'f', 2, { 2, 3 }, pointwise_46_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, pointwise_46_g },
      .grad_in = { { 'f', 2, { 2, 3 }, pointwise_46_grad0 }, { 'f', 2, { 2, 1 }, pointwise_46_grad1 } } },
    { .name = "mul_nothing", .in = { { 'f', 2, { 0, 3 }, pointwise_47_in0 }, { 'f', 1, { 3 }, pointwise_47_in1 } },
      .out = { { 'f', 2, { 0, 3 }, pointwise_47_out0 } },
      .grad_out = { 'f', 2, { 0, 3 }, pointwise_47_g },
      .grad_in = { { 'f', 2, { 0, 3 }, pointwise_47_grad0 }, { 'f', 1, { 3 }, pointwise_47_grad1 } } },
    { .name = "mul_strided", .in = { { 'f', 2, { 3, 2 }, pointwise_48_in0 }, { 'f', 2, { 2, 3 }, pointwise_48_in1 } },
      .out = { { 'f', 2, { 2, 3 }, pointwise_48_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, pointwise_48_g },
      .grad_in = { { 'f', 2, { 3, 2 }, pointwise_48_grad0 }, { 'f', 2, { 2, 3 }, pointwise_48_grad1 } } },
    { .name = "add_alpha", .in = { { 'f', 2, { 2, 3 }, pointwise_49_in0 }, { 'f', 1, { 3 }, pointwise_49_in1 } },
      .out = { { 'f', 2, { 2, 3 }, pointwise_49_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, pointwise_49_g },
      .grad_in = { { 'f', 2, { 2, 3 }, pointwise_49_grad0 }, { 'f', 1, { 3 }, pointwise_49_grad1 } } },
    { .name = "sub_self", .in = { { 'f', 2, { 2, 3 }, pointwise_50_in0 } },
      .out = { { 'f', 2, { 2, 3 }, pointwise_50_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, pointwise_50_g },
      .grad_in = { { 'f', 2, { 2, 3 }, pointwise_50_grad0 } } },
    { .name = "div_hard", .in = { { 'f', 1, { 4 }, pointwise_51_in0 }, { 'f', 1, { 4 }, pointwise_51_in1 } },
      .out = { { 'f', 1, { 4 }, pointwise_51_out0 } },
      .grad_out = { 'f', 1, { 4 }, pointwise_51_g },
      .grad_in = { { 'f', 1, { 4 }, pointwise_51_grad0 }, { 'f', 1, { 4 }, pointwise_51_grad1 } } },
    { .name = "pow", .in = { { 'f', 2, { 2, 3 }, pointwise_52_in0 }, { 'f', 2, { 2, 3 }, pointwise_52_in1 } },
      .out = { { 'f', 2, { 2, 3 }, pointwise_52_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, pointwise_52_g },
      .grad_in = { { 'f', 2, { 2, 3 }, pointwise_52_grad0 }, { 'f', 2, { 2, 3 }, pointwise_52_grad1 } } },
    { .name = "pow_hard", .in = { { 'f', 1, { 8 }, pointwise_53_in0 }, { 'f', 1, { 8 }, pointwise_53_in1 } },
      .out = { { 'f', 1, { 8 }, pointwise_53_out0 } },
      .grad_out = { 'f', 1, { 8 }, pointwise_53_g },
      .grad_in = { { 'f', 1, { 8 }, pointwise_53_grad0 }, { 'f', 1, { 8 }, pointwise_53_grad1 } } },
    { .name = "pow_0", .in = { { 'f', 1, { 4 }, pointwise_54_in0 } },
      .out = { { 'f', 1, { 4 }, pointwise_54_out0 } },
      .grad_out = { 'f', 1, { 4 }, pointwise_54_g },
      .grad_in = { { 'f', 1, { 4 }, pointwise_54_grad0 } } },
    { .name = "pow_1", .in = { { 'f', 1, { 4 }, pointwise_55_in0 } },
      .out = { { 'f', 1, { 4 }, pointwise_55_out0 } },
      .grad_out = { 'f', 1, { 4 }, pointwise_55_g },
      .grad_in = { { 'f', 1, { 4 }, pointwise_55_grad0 } } },
    { .name = "pow_2", .in = { { 'f', 1, { 4 }, pointwise_56_in0 } },
      .out = { { 'f', 1, { 4 }, pointwise_56_out0 } },
      .grad_out = { 'f', 1, { 4 }, pointwise_56_g },
      .grad_in = { { 'f', 1, { 4 }, pointwise_56_grad0 } } },
    { .name = "pow_3", .in = { { 'f', 1, { 4 }, pointwise_57_in0 } },
      .out = { { 'f', 1, { 4 }, pointwise_57_out0 } },
      .grad_out = { 'f', 1, { 4 }, pointwise_57_g },
      .grad_in = { { 'f', 1, { 4 }, pointwise_57_grad0 } } },
    { .name = "pow_half", .in = { { 'f', 1, { 3 }, pointwise_58_in0 } },
      .out = { { 'f', 1, { 3 }, pointwise_58_out0 } },
      .grad_out = { 'f', 1, { 3 }, pointwise_58_g },
      .grad_in = { { 'f', 1, { 3 }, pointwise_58_grad0 } } },
    { .name = "pow_less", .in = { { 'f', 1, { 2 }, pointwise_59_in0 } },
      .out = { { 'f', 1, { 2 }, pointwise_59_out0 } },
      .grad_out = { 'f', 1, { 2 }, pointwise_59_g },
      .grad_in = { { 'f', 1, { 2 }, pointwise_59_grad0 } } },
    { .name = "pow_of_2", .in = { { 'f', 1, { 3 }, pointwise_60_in0 } },
      .out = { { 'f', 1, { 3 }, pointwise_60_out0 } },
      .grad_out = { 'f', 1, { 3 }, pointwise_60_g },
      .grad_in = { { 'f', 1, { 3 }, pointwise_60_grad0 } } },
    { .name = "pow_of_0", .in = { { 'f', 1, { 3 }, pointwise_61_in0 } },
      .out = { { 'f', 1, { 3 }, pointwise_61_out0 } },
      .grad_out = { 'f', 1, { 3 }, pointwise_61_g },
      .grad_in = { { 'f', 1, { 3 }, pointwise_61_grad0 } } },
    { .name = "maximum", .in = { { 'f', 2, { 2, 3 }, pointwise_62_in0 }, { 'f', 1, { 3 }, pointwise_62_in1 } },
      .out = { { 'f', 2, { 2, 3 }, pointwise_62_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, pointwise_62_g },
      .grad_in = { { 'f', 2, { 2, 3 }, pointwise_62_grad0 }, { 'f', 1, { 3 }, pointwise_62_grad1 } } },
    { .name = "maximum_hard", .in = { { 'f', 1, { 6 }, pointwise_63_in0 }, { 'f', 1, { 6 }, pointwise_63_in1 } },
      .out = { { 'f', 1, { 6 }, pointwise_63_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_63_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_63_grad0 }, { 'f', 1, { 6 }, pointwise_63_grad1 } } },
    { .name = "minimum", .in = { { 'f', 2, { 2, 3 }, pointwise_64_in0 }, { 'f', 1, { 3 }, pointwise_64_in1 } },
      .out = { { 'f', 2, { 2, 3 }, pointwise_64_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, pointwise_64_g },
      .grad_in = { { 'f', 2, { 2, 3 }, pointwise_64_grad0 }, { 'f', 1, { 3 }, pointwise_64_grad1 } } },
    { .name = "minimum_hard", .in = { { 'f', 1, { 6 }, pointwise_65_in0 }, { 'f', 1, { 6 }, pointwise_65_in1 } },
      .out = { { 'f', 1, { 6 }, pointwise_65_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_65_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_65_grad0 }, { 'f', 1, { 6 }, pointwise_65_grad1 } } },
    { .name = "lerp", .in = { { 'f', 2, { 2, 3 }, pointwise_66_in0 }, { 'f', 2, { 2, 3 }, pointwise_66_in1 }, { 'f', 1, { 3 }, pointwise_66_in2 } },
      .out = { { 'f', 2, { 2, 3 }, pointwise_66_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, pointwise_66_g },
      .grad_in = { { 'f', 2, { 2, 3 }, pointwise_66_grad0 }, { 'f', 2, { 2, 3 }, pointwise_66_grad1 }, { 'f', 1, { 3 }, pointwise_66_grad2 } } },
    { .name = "lerp_number", .in = { { 'f', 2, { 2, 3 }, pointwise_67_in0 }, { 'f', 1, { 3 }, pointwise_67_in1 } },
      .out = { { 'f', 2, { 2, 3 }, pointwise_67_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, pointwise_67_g },
      .grad_in = { { 'f', 2, { 2, 3 }, pointwise_67_grad0 }, { 'f', 1, { 3 }, pointwise_67_grad1 } } },
    { .name = "addcmul", .in = { { 'f', 2, { 2, 3 }, pointwise_68_in0 }, { 'f', 1, { 3 }, pointwise_68_in1 }, { 'f', 2, { 2, 1 }, pointwise_68_in2 } },
      .out = { { 'f', 2, { 2, 3 }, pointwise_68_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, pointwise_68_g },
      .grad_in = { { 'f', 2, { 2, 3 }, pointwise_68_grad0 }, { 'f', 1, { 3 }, pointwise_68_grad1 }, { 'f', 2, { 2, 1 }, pointwise_68_grad2 } } },
    { .name = "addcmul_1", .in = { { 'f', 2, { 2, 3 }, pointwise_69_in0 }, { 'f', 1, { 3 }, pointwise_69_in1 }, { 'f', 2, { 2, 1 }, pointwise_69_in2 } },
      .out = { { 'f', 2, { 2, 3 }, pointwise_69_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, pointwise_69_g },
      .grad_in = { { 'f', 2, { 2, 3 }, pointwise_69_grad0 }, { 'f', 1, { 3 }, pointwise_69_grad1 }, { 'f', 2, { 2, 1 }, pointwise_69_grad2 } } },
    { .name = "addcdiv", .in = { { 'f', 2, { 2, 3 }, pointwise_70_in0 }, { 'f', 1, { 3 }, pointwise_70_in1 }, { 'f', 2, { 2, 1 }, pointwise_70_in2 } },
      .out = { { 'f', 2, { 2, 3 }, pointwise_70_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, pointwise_70_g },
      .grad_in = { { 'f', 2, { 2, 3 }, pointwise_70_grad0 }, { 'f', 1, { 3 }, pointwise_70_grad1 }, { 'f', 2, { 2, 1 }, pointwise_70_grad2 } } },
    { .name = "clamp", .in = { { 'f', 1, { 6 }, pointwise_71_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_71_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_71_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_71_grad0 } } },
    { .name = "clamp_min", .in = { { 'f', 1, { 6 }, pointwise_72_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_72_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_72_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_72_grad0 } } },
    { .name = "clamp_max", .in = { { 'f', 1, { 6 }, pointwise_73_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_73_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_73_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_73_grad0 } } },
    { .name = "clamp_tensors", .in = { { 'f', 1, { 10 }, pointwise_74_in0 }, { 'f', 1, { 10 }, pointwise_74_in1 }, { 'f', 1, { 10 }, pointwise_74_in2 } },
      .out = { { 'f', 1, { 10 }, pointwise_74_out0 } },
      .grad_out = { 'f', 1, { 10 }, pointwise_74_g },
      .grad_in = { { 'f', 1, { 10 }, pointwise_74_grad0 }, { 'f', 1, { 10 }, pointwise_74_grad1 }, { 'f', 1, { 10 }, pointwise_74_grad2 } } },
    { .name = "clamp_min_tensor", .in = { { 'f', 1, { 6 }, pointwise_75_in0 }, { 'f', 1, { 1 }, pointwise_75_in1 } },
      .out = { { 'f', 1, { 6 }, pointwise_75_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_75_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_75_grad0 }, { 'f', 1, { 1 }, pointwise_75_grad1 } } },
    { .name = "clamp_max_tensor", .in = { { 'f', 1, { 6 }, pointwise_76_in0 }, { 'f', 1, { 1 }, pointwise_76_in1 } },
      .out = { { 'f', 1, { 6 }, pointwise_76_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_76_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_76_grad0 }, { 'f', 1, { 1 }, pointwise_76_grad1 } } },
    { .name = "where", .in = { { 'f', 2, { 2, 3 }, pointwise_77_in0 }, { 'f', 1, { 3 }, pointwise_77_in1 }, { 'i', 1, { 3 }, pointwise_77_in2 } },
      .out = { { 'f', 2, { 2, 3 }, pointwise_77_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, pointwise_77_g },
      .grad_in = { { 'f', 2, { 2, 3 }, pointwise_77_grad0 }, { 'f', 1, { 3 }, pointwise_77_grad1 }, { 0 } } },
    { .name = "where_nan", .in = { { 'f', 1, { 2 }, pointwise_78_in0 }, { 'f', 1, { 2 }, pointwise_78_in1 }, { 'i', 1, { 2 }, pointwise_78_in2 } },
      .out = { { 'f', 1, { 2 }, pointwise_78_out0 } },
      .grad_out = { 'f', 1, { 2 }, pointwise_78_g },
      .grad_in = { { 'f', 1, { 2 }, pointwise_78_grad0 }, { 'f', 1, { 2 }, pointwise_78_grad1 }, { 0 } } },
    { .name = "where_number", .in = { { 'f', 2, { 2, 3 }, pointwise_79_in0 }, { 'i', 1, { 3 }, pointwise_79_in1 } },
      .out = { { 'f', 2, { 2, 3 }, pointwise_79_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, pointwise_79_g },
      .grad_in = { { 'f', 2, { 2, 3 }, pointwise_79_grad0 }, { 0 } } },
    { .name = "masked_fill", .in = { { 'f', 2, { 2, 3 }, pointwise_80_in0 }, { 'i', 1, { 3 }, pointwise_80_in1 } },
      .out = { { 'f', 2, { 2, 3 }, pointwise_80_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, pointwise_80_g },
      .grad_in = { { 'f', 2, { 2, 3 }, pointwise_80_grad0 }, { 0 } } },
    { .name = "masked_fill_tensor", .in = { { 'f', 2, { 2, 3 }, pointwise_81_in0 }, { 'f', 0, { 0 }, pointwise_81_in1 }, { 'i', 1, { 3 }, pointwise_81_in2 } },
      .out = { { 'f', 2, { 2, 3 }, pointwise_81_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, pointwise_81_g },
      .grad_in = { { 'f', 2, { 2, 3 }, pointwise_81_grad0 }, { 'f', 0, { 0 }, pointwise_81_grad1 }, { 0 } } },
    { .name = "eq", .in = { { 'f', 1, { 5 }, pointwise_82_in0 }, { 'f', 1, { 5 }, pointwise_82_in1 } },
      .out = { { 'i', 1, { 5 }, pointwise_82_out0 } } },
    { .name = "ne", .in = { { 'f', 1, { 5 }, pointwise_83_in0 }, { 'f', 1, { 5 }, pointwise_83_in1 } },
      .out = { { 'i', 1, { 5 }, pointwise_83_out0 } } },
    { .name = "lt", .in = { { 'f', 1, { 5 }, pointwise_84_in0 }, { 'f', 1, { 5 }, pointwise_84_in1 } },
      .out = { { 'i', 1, { 5 }, pointwise_84_out0 } } },
    { .name = "le", .in = { { 'f', 1, { 5 }, pointwise_85_in0 }, { 'f', 1, { 5 }, pointwise_85_in1 } },
      .out = { { 'i', 1, { 5 }, pointwise_85_out0 } } },
    { .name = "gt", .in = { { 'f', 1, { 5 }, pointwise_86_in0 }, { 'f', 1, { 5 }, pointwise_86_in1 } },
      .out = { { 'i', 1, { 5 }, pointwise_86_out0 } } },
    { .name = "ge", .in = { { 'f', 1, { 5 }, pointwise_87_in0 }, { 'f', 1, { 5 }, pointwise_87_in1 } },
      .out = { { 'i', 1, { 5 }, pointwise_87_out0 } } },
    { .name = "logical_and", .in = { { 'f', 1, { 5 }, pointwise_88_in0 }, { 'f', 1, { 5 }, pointwise_88_in1 } },
      .out = { { 'i', 1, { 5 }, pointwise_88_out0 } } },
    { .name = "logical_or", .in = { { 'f', 1, { 5 }, pointwise_89_in0 }, { 'f', 1, { 5 }, pointwise_89_in1 } },
      .out = { { 'i', 1, { 5 }, pointwise_89_out0 } } },
    { .name = "logical_xor", .in = { { 'f', 1, { 5 }, pointwise_90_in0 }, { 'f', 1, { 5 }, pointwise_90_in1 } },
      .out = { { 'i', 1, { 5 }, pointwise_90_out0 } } },
    { .name = "logical_not", .in = { { 'f', 1, { 4 }, pointwise_91_in0 } },
      .out = { { 'i', 1, { 4 }, pointwise_91_out0 } } },
    { .name = "isnan", .in = { { 'f', 1, { 6 }, pointwise_92_in0 } },
      .out = { { 'i', 1, { 6 }, pointwise_92_out0 } } },
};
/* clang-format on */
