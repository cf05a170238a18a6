/* Written by gen_ops1.py with PyTorch 2.15.0; do not edit. */
/* clang-format off */
static const double pointwise_0_in0[] = { -2.5, -1.2, -0.3, 0.4, 0.9, 2.2 };
static const double pointwise_0_out0[] = { 2.5, 1.2, 0.3, -0.4, -0.9, -2.2 };
static const double pointwise_0_g[] = { 0.738, 1.946, -0.7, -1.302, -0.513, -0.27 };
static const double pointwise_0_grad0[] = { -0.738, -1.946, 0.7, 1.302, 0.513, 0.27 };
static const double pointwise_1_in0[] = { -2.5, -1.2, -0.3, 0.4, 0.9, 2.2 };
static const double pointwise_1_out0[] = { 0.0820849986239, 0.3011942119122, 0.7408182206817, 1.491824697641, 2.459603111157, 9.025013499434 };
static const double pointwise_1_g[] = { 0.246, 0.484, 0.45, -0.957, 1.501, -0.314 };
static const double pointwise_1_grad0[] = { 0.02019290966148, 0.1457779985655, 0.3333681993068, -1.427676235643, 3.691864269847, -2.833854238822 };
static const double pointwise_2_in0[] = { -2.5, -1.2, -0.3, 0.4, 0.9, 2.2 };
static const double pointwise_2_out0[] = { -0.598472144104, -0.9320390859672, -0.2955202066613, 0.3894183423087, 0.7833269096275, 0.8084964038196 };
static const double pointwise_2_g[] = { -0.234, -1.071, 0.165, 0.116, 0.383, -0.123 };
static const double pointwise_2_grad0[] = { 0.187467606038, -0.3880851550445, 0.1576305207057, 0.1068430753043, 0.2380766178477, 0.07238563742241 };
static const double pointwise_3_in0[] = { -2.5, -1.2, -0.3, 0.4, 0.9, 2.2 };
static const double pointwise_3_out0[] = { -0.8011436155469, 0.3623577544767, 0.9553364891256, 0.9210609940029, 0.6216099682707, -0.5885011172553 };
static const double pointwise_3_g[] = { 0.893, -0.489, -1.447, 1.194, 0.546, -2.075 };
static const double pointwise_3_grad0[] = { 0.5344356246848, -0.455767113038, -0.427617739039, -0.4649655007165, -0.4276964926566, 1.677630037926 };
static const double pointwise_4_in0[] = { -2.5, -1.2, -0.3, 0.4, 0.9, 2.2 };
static const double pointwise_4_out0[] = { -0.9866142981514, -0.8336546070122, -0.2913126124516, 0.3799489622552, 0.716297870199, 0.9757431300315 };
static const double pointwise_4_g[] = { -0.969, -2.135, -1.043, -1.707, 1.39, 0.173 };
static const double pointwise_4_grad0[] = { -0.02576786765598, -0.6512176919028, -0.9544878511852, -1.460575407841, 0.6768151319962, 0.008291084545982 };
static const double pointwise_5_in0[] = { -2.5, -1.2, -0.3, 0.4, 0.9, 2.2 };
static const double pointwise_5_out0[] = { -0.9995930479826, -0.9103139782296, -0.3286267594591, 0.4283923550467, 0.7969082124228, 0.998137153702 };
static const double pointwise_5_g[] = { -0.984, -1.094, 0.132, 0.194, -0.339, 1.659 };
static const double pointwise_5_grad0[] = { -0.002143431682667, -0.2924747156219, 0.1361264400697, 0.1865390119748, -0.1701673466675, 0.0148018552527 };
static const double pointwise_6_in0[] = { -2.5, -1.2, -0.3, 0.4, 0.9, 2.2 };
static const double pointwise_6_out0[] = { 0.07585818002124, 0.231475216501, 0.4255574831883, 0.5986876601125, 0.710949502625, 0.9002495108803 };
static const double pointwise_6_g[] = { -0.241, -0.87, -0.039, 0.458, -1.469, 0.693 };
static const double pointwise_6_grad0[] = { -0.01689499568737, -0.1547681633627, -0.009533874155939, 0.1100394215496, -0.3018799514858, 0.06223162802477 };
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
static const double pointwise_13_out0[] = { -0.01552416331444, -0.138083604266, -0.1146265733433, 0.2621686966441, 0.7343458871879, 2.16941241547 };
static const double pointwise_13_g[] = { -1.27, -1.122, -0.006, 1.289, -0.921, 0.501 };
static const double pointwise_13_grad0[] = { 0.04776607910334, 0.1323439344406, -0.001606033399037, 1.034718709276, -0.9720386881967, 0.5331344690309 };
static const double pointwise_14_in0[] = { -2.5, -1.2, -0.3, 0.4, 0.9, 2.2 };
static const double pointwise_14_out0[] = { -0.01508426609, -0.1382972308621, -0.1146290764572, 0.2621611694274, 0.7342284887097, 2.169678527038 };
static const double pointwise_14_g[] = { 0.449, -0.417, 0.209, -0.285, -0.668, -1.184 };
static const double pointwise_14_grad0[] = { -0.01704025771949, 0.04909179818371, 0.05595025060749, -0.2287577678099, -0.7047848927794, -1.260864035907 };
static const double pointwise_15_in0[] = { -2.5, -1.2, -0.3, 0.4, 0.9, 2.2 };
static const double pointwise_15_out0[] = { -0.1896454500531, -0.2777702598012, -0.1276672449565, 0.239475064045, 0.6398545523625, 1.980548923937 };
static const double pointwise_15_g[] = { 0.238, 1.23, -0.153, 0.46, 0.709, 2.267 };
static const double pointwise_15_grad0[] = { -0.02365746449928, 0.02214232190152, -0.05388965842121, 0.3196043008682, 0.6351929434762, 2.48873580222 };
static const double pointwise_16_in0[] = { -2.5, -1.2, -0.3, 0.4, 0.9, 2.2 };
static const double pointwise_16_out0[] = { 0.003357674244559, 0.04341807607697, 0.2187439752429, 0.5855503329739, 0.976488805263, 2.2 };
static const double pointwise_16_g[] = { 1.89, 0.566, 1.65, 0.02, -0.678, -0.902 };
static const double pointwise_16_grad0[] = { 0.0126494882469, 0.04707574621556, 0.5846670947274, 0.01379948962255, -0.5818249779975, -0.902 };
static const double pointwise_17_in0[] = { 0.1, 0.5, 1, 2.5 };
static const double pointwise_17_out0[] = { -2.302585092994, -0.6931471805599, 0, 0.9162907318742 };
static const double pointwise_17_g[] = { -1.733, 0.762, -0.692, 0.105 };
static const double pointwise_17_grad0[] = { -17.33, 1.524, -0.692, 0.042 };
static const double pointwise_18_in0[] = { 0.1, 0.5, 1, 2.5 };
static const double pointwise_18_out0[] = { 0.09531017980432, 0.4054651081082, 0.6931471805599, 1.252762968495 };
static const double pointwise_18_g[] = { -0.979, 0.663, 1.288, -0.658 };
static const double pointwise_18_grad0[] = { -0.89, 0.442, 0.644, -0.188 };
static const double pointwise_19_in0[] = { 0.1, 0.5, 1, 2.5 };
static const double pointwise_19_out0[] = { 0.3162277660168, 0.7071067811865, 1, 1.581138830084 };
static const double pointwise_19_g[] = { -0.428, -1.025, -2.317, -0.497 };
static const double pointwise_19_grad0[] = { -0.676727419276, -0.7247844507162, -1.1585, -0.1571651997104 };
static const double pointwise_20_in0[] = { 0.1, 0.5, 1, 2.5 };
static const double pointwise_20_out0[] = { 3.162277660168, 1.414213562373, 1, 0.6324555320337 };
static const double pointwise_20_g[] = { 1.966, 1.274, 2.748, 0.091 };
static const double pointwise_20_grad0[] = { -31.08518939946, -1.801708078463, -1.374, -0.01151069068301 };
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
static const double pointwise_27_out0[] = { 0, -INFINITY, 0.6931471805599, NAN, INFINITY, NAN };
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
static const double pointwise_30_out0[] = { 1, 0.3678794411714, 2.718281828459, NAN, INFINITY, 0 };
static const double pointwise_30_g[] = { -0.139, -2.202, -0.372, 0.232, 0.505, -0.879 };
static const double pointwise_30_grad0[] = { -0.139, -0.8100705294595, -1.011200840187, NAN, INFINITY, -0 };
static const double pointwise_31_in0[] = { 0, -1, 1, NAN, INFINITY, -INFINITY };
static const double pointwise_31_out0[] = { 0, -0.7615941559558, 0.7615941559558, NAN, 1, -1 };
static const double pointwise_31_g[] = { -1.915, 0.395, -0.697, 0.249, -0.334, -0.046 };
static const double pointwise_31_grad0[] = { -1.915, 0.1658898649375, -0.292722116105, NAN, -0, -0 };
static const double pointwise_32_in0[] = { 0, -1, 1, NAN, INFINITY, -INFINITY };
static const double pointwise_32_out0[] = { 0, -0.8427007929497, 0.8427007929497, NAN, 1, -1 };
static const double pointwise_32_g[] = { 0.677, 1.721, 1.333, -0.212, -0.005, 2.26 };
static const double pointwise_32_grad0[] = { 0.7639126961237, 0.7144000030608, 0.5533382940617, NAN, -0, 0 };
static const double pointwise_33_in0[] = { 0, -1, 1, NAN, INFINITY, -INFINITY };
static const double pointwise_33_out0[] = { 0.5, 0.26894142137, 0.73105857863, NAN, 1, 0 };
static const double pointwise_33_g[] = { 0.598, 0.177, 0.219, -1.221, -0.603, 1.587 };
static const double pointwise_33_grad0[] = { 0.1495, 0.03480031218374, 0.04305801337988, NAN, -0, 0 };
static const double pointwise_34_in0[] = { 0.5, 1.5, 2.5, -0.5, -1.5, NAN, INFINITY };
static const double pointwise_34_out0[] = { 0, 2, 2, -0, -2, NAN, INFINITY };
static const double pointwise_34_g[] = { 0.712, -1.419, 1.2, 1.167, 0.394, -1.31, 2.075 };
static const double pointwise_34_grad0[] = { 0, 0, 0, 0, 0, 0, 0 };
static const double pointwise_35_in0[] = { 0, -1, 1, NAN, INFINITY, -INFINITY };
static const double pointwise_35_out0[] = { 0, -0.2, 1, NAN, INFINITY, -INFINITY };
static const double pointwise_35_g[] = { 0.458, 1.649, -1.305, -0.38, 0.173, -0.908 };
static const double pointwise_35_grad0[] = { 0.0916, 0.3298, -1.305, -0.076, 0.173, -0.1816 };
static const double pointwise_36_in0[] = { 1.5, 1.4, 100, -100, NAN };
static const double pointwise_36_out0[] = { 1.524293675787, 1.429516413144, 100, 6.919482633684e-88, NAN };
static const double pointwise_36_g[] = { -0.874, 1.286, 1.408, 1.018, 0.012 };
static const double pointwise_36_grad0[] = { -0.8325497868428, 1.212281109794, 1.408, 1.408806664218e-87, NAN };
static const double pointwise_37_in0[] = { -20, 20, NAN };
static const double pointwise_37_out0[] = { -0, 20, NAN };
static const double pointwise_37_g[] = { -0.628, -0.776, 0.077 };
static const double pointwise_37_grad0[] = { 6.934311142873e-87, -0.776, NAN };
static const double pointwise_38_in0[] = { -50, 50, NAN };
static const double pointwise_38_out0[] = { -9.64374923982e-21, 50, NAN };
static const double pointwise_38_g[] = { 0.117, 0.726, -0.494 };
static const double pointwise_38_grad0[] = { -1.105752287838e-21, 0.726, NAN };
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
static const double pointwise_42_out0[] = { 0.05063291139241, 0.04120633024784, -0.3838644846397, 0.4909712054661, -0.02141057934509, 0.5627756542193 };
static const double pointwise_42_g[] = { -1.164, -1.119, 2.846, -0.566, -0.627, -1.229 };
static const double pointwise_42_grad0[] = { -0.3593701759802, -0.3341295909227, 0.8171116853287, -0.2762323084431, -0.2632241813602, -0.3613643046163 };
static const double pointwise_42_grad1[] = { 0.01819595827748, 0.01376825426913, 0.3136601559818, 0.135622109465, -0.005635782220558, 0.203367032942 };
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
static const double pointwise_46_out0[] = { -0.1171032357473, -0.1938880328711, -0.1129943502825, 0.02918956043956, 0.09787087912088, -0.06559065934066 };
static const double pointwise_46_g[] = { -1.541, 1.852, -0.104, -0.518, -0.865, 0.266 };
static const double pointwise_46_grad0[] = { -0.3957370313303, 0.4756034925526, -0.02670775552131, -0.1778846153846, -0.2970467032967, 0.09134615384615 };
static const double pointwise_46_grad1[] = { 0.04285391324121, 0.04025605018265 };
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
static const double pointwise_52_out0[] = { 13.8653897629, 0.4214577276614, 0.6095680174899, 1.364223870686, 0.9628944218687, 0.5927975340874 };
static const double pointwise_52_g[] = { -1.172, -1.039, -0.358, -0.305, -0.534, -0.246 };
static const double pointwise_52_grad0[] = { 187.7068169387, -1.125661206007, -0.3651145554293, 0.4006230524322, -0.06642589365791, -0.2324797285856 };
static const double pointwise_52_grad1[] = { 37.74585179613, 0.2771843161334, 0.1039678372739, 0.2375570938794, 0.240026341146, 0.08665216724198 };
static const double pointwise_53_in0[] = { 0, 0, 0, 2, -2, 0, 0, -2 };
static const double pointwise_53_in1[] = { 0, 1, 2, 3, 2, 0.5, -1, 0 };
static const double pointwise_53_out0[] = { 1, 0, 0, 8, 4, 0, INFINITY, 1 };
static const double pointwise_53_g[] = { -0.107, 0.751, -0.721, -0.884, -1.918, 0.672, -2.314, -0.466 };
static const double pointwise_53_grad0[] = { 0, 0.751, -0, -10.608, 7.672, INFINITY, INFINITY, 0 };
static const double pointwise_53_grad1[] = { -0, 0, -0, -4.90193686092, NAN, 0, INFINITY, NAN };
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
static const double pointwise_58_out0[] = { 0, 1.414213562373, NAN };
static const double pointwise_58_g[] = { -1.183, -1.247, 1.527 };
static const double pointwise_58_grad0[] = { -INFINITY, -0.4408810780698, NAN };
static const double pointwise_59_in0[] = { 0.5, 2 };
static const double pointwise_59_out0[] = { 2.828427124746, 0.3535533905933 };
static const double pointwise_59_g[] = { -2.821, 1.784 };
static const double pointwise_59_grad0[] = { 23.93697875673, -0.4730544366138 };
static const double pointwise_60_in0[] = { 0, 1, -1 };
static const double pointwise_60_out0[] = { 1, 2, 0.5 };
static const double pointwise_60_g[] = { -2.875, -2.582, -0.822 };
static const double pointwise_60_grad0[] = { -1.99279814411, -3.579412040412, -0.2848834912101 };
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
static const double pointwise_67_out0[] = { 0.603, 0.504, 0.0302, -2.0094, 1.1025, 0.6994 };
static const double pointwise_67_g[] = { -0.88, 0.913, 0.002, -0.87, -0.046, 0.998 };
static const double pointwise_67_grad0[] = { -0.616, 0.6391, 0.0014, -0.609, -0.0322, 0.6986 };
static const double pointwise_67_grad1[] = { -0.525, 0.2601, 0.3 };
static const double pointwise_68_in0[] = { -0.13, 0.384, -0.126, -0.223, 1.06, 0.982 };
static const double pointwise_68_in1[] = { 0.783, 1.574, 1.077 };
static const double pointwise_68_out0[] = { 0.5091, 1.217, 0.7161, 0.4812, 1.4198, 1.0485 };
static const double pointwise_68_g[] = { -1.461, 1.785, -0.777, 0.735, -0.228, 2.181 };
static const double pointwise_68_grad0[] = { -0.4383, 0.5355, -0.2331, 0.2205, -0.0684, 0.6543 };
static const double pointwise_68_grad1[] = { -0.5082, 1.0899, 0.9828 };
static const double pointwise_69_in0[] = { -0.038, -0.269, -0.7, 0.166, 0.075, -0.199 };
static const double pointwise_69_in1[] = { -0.286, -0.755, -0.14 };
static const double pointwise_69_in2[] = { -1.246, -1.046 };
static const double pointwise_69_out0[] = { 0.140178, 0.201365, -0.61278, 0.315578, 0.469865, -0.12578 };
static const double pointwise_69_g[] = { 0.023, -2.131, -0.061, 0.506, 0.331, -0.84 };
static const double pointwise_69_grad0[] = { 0.023, -2.131, -0.061, 0.506, 0.331, -0.84 };
static const double pointwise_69_grad1[] = { -0.278967, 1.1545, 0.477323 };
static const double pointwise_69_grad2[] = { 0.8054335, -0.1385105 };
static const double pointwise_70_in0[] = { 0.014, 0.636, -0.094, 0.972, -0.344, 0.136 };
static const double pointwise_70_in1[] = { -0.613, -0.28, -0.089 };
static const double pointwise_70_in2[] = { -0.488, 0.388 };
static const double pointwise_70_out0[] = { 0.313144, 0.77264, -0.050568, 0.734156, -0.45264, 0.101468 };
static const double pointwise_70_g[] = { -1.361, -1.157, -0.314, -0.39, 2.086, 0.492 };
static const double pointwise_70_grad0[] = { -1.361, -1.157, -0.314, -0.39, 2.086, 0.492 };
static const double pointwise_70_grad1[] = { 0.512848, 1.373984, 0.344128 };
static const double pointwise_70_grad2[] = { 1.186199, -0.388798 };
static const double pointwise_71_in0[] = { -0.341, -0.278, 0.384, 0.579, 0.804, -2.163 };
static const double pointwise_71_in1[] = { 0.583, -1.01, -1.28 };
static const double pointwise_71_in2[] = { 5.303, 3.711 };
static const double pointwise_71_out0[] = { -0.560875542146, 0.1029164623798, 0.8667456156892, 0.2647989760172, 1.348327674481, -1.473158986796 };
static const double pointwise_71_g[] = { 0.563, -0.735, 1.976, 0.506, -0.08, 0.082 };
static const double pointwise_71_grad0[] = { 0.563, -0.735, 1.976, 0.506, -0.08, 0.082 };
static const double pointwise_71_grad1[] = { -0.485035417433, 0.3203166473343, -0.7894314841286 };
static const double pointwise_71_grad2[] = { -0.1037416191825, 0.03933305551362 };
static const double pointwise_72_in0[] = { -2, -1, 0, 1, 2, NAN };
static const double pointwise_72_out0[] = { -1, -1, 0, 1, 1, NAN };
static const double pointwise_72_g[] = { -0.248, 1.301, -0.466, 0.23, -0.325, -0.878 };
static const double pointwise_72_grad0[] = { 0, 0, -0.466, 0, 0, 0 };
static const double pointwise_73_in0[] = { -2, -1, 0, 1, 2, NAN };
static const double pointwise_73_out0[] = { -1, -1, 0, 1, 2, NAN };
static const double pointwise_73_g[] = { 1.141, -1.018, -1.03, -2.033, -0.893, -0.837 };
static const double pointwise_73_grad0[] = { 0, 0, -1.03, -2.033, -0.893, 0 };
static const double pointwise_74_in0[] = { -2, -1, 0, 1, 2, NAN };
static const double pointwise_74_out0[] = { -2, -1, 0, 1, 1, NAN };
static const double pointwise_74_g[] = { -0.004, 0.349, -0.081, -0.247, -1.595, -0.454 };
static const double pointwise_74_grad0[] = { -0.004, 0.349, -0.081, 0, 0, 0 };
static const double pointwise_75_in0[] = { -2, -1, 0, 1, 2, 0, NAN, 1, 0, 2 };
static const double pointwise_75_in1[] = { -1, -1, -1, -1, -1, 3, 0, 1, 1, 1 };
static const double pointwise_75_in2[] = { 1, 1, 1, 1, 1, 2, 1, 1, 1, 1 };
static const double pointwise_75_out0[] = { -1, -1, 0, 1, 1, 2, NAN, 1, 1, 1 };
static const double pointwise_75_g[] = { 0.049, 0.985, 1.53, 0.369, -1.781, -0.73, -0.349, 0.091, -2.637, -0.542 };
static const double pointwise_75_grad0[] = { 0, 0.4925, 1.53, 0.1845, 0, 0, -0.349, 0.091, 0, 0 };
static const double pointwise_75_grad1[] = { 0.049, 0.4925, 0, 0, 0, 0, 0, 0, -2.637, 0 };
static const double pointwise_75_grad2[] = { 0, 0, 0, 0.1845, -1.781, -0.73, 0, 0, 0, -0.542 };
static const double pointwise_76_in0[] = { -2, -1, 0, 1, 2, NAN };
static const double pointwise_76_in1[] = { -1 };
static const double pointwise_76_out0[] = { -1, -1, 0, 1, 2, NAN };
static const double pointwise_76_g[] = { -1.612, -1.742, -0.897, -0.119, -1.18, -0.593 };
static const double pointwise_76_grad0[] = { 0, -0.871, -0.897, -0.119, -1.18, -0.593 };
static const double pointwise_76_grad1[] = { -3.076 };
static const double pointwise_77_in0[] = { -2, -1, 0, 1, 2, NAN };
static const double pointwise_77_in1[] = { 1 };
static const double pointwise_77_out0[] = { -2, -1, 0, 1, 1, NAN };
static const double pointwise_77_g[] = { -1.191, -0.359, 0.136, 0.246, -0.169, 1.187 };
static const double pointwise_77_grad0[] = { -1.191, -0.359, 0.136, 0.123, 0, 1.187 };
static const double pointwise_77_grad1[] = { 1.141 };
static const double pointwise_78_in0[] = { -0.841, 1.068, 0.076, -1.853, -1.191, -1.149 };
static const double pointwise_78_in1[] = { -0.923, 0.016, -1.407 };
static const double pointwise_78_in2[] = { 1, 0, 1 };
static const double pointwise_78_out0[] = { -0.841, 0.016, 0.076, -1.853, 0.016, -1.149 };
static const double pointwise_78_g[] = { -0.36, 0.795, 0.74, 0.821, 1.125, -0.298 };
static const double pointwise_78_grad0[] = { -0.36, 0, 0.74, 0.821, 0, -0.298 };
static const double pointwise_78_grad1[] = { 0, 1.92, 0 };
static const double pointwise_79_in0[] = { 1, NAN };
static const double pointwise_79_in1[] = { NAN, 2 };
static const double pointwise_79_in2[] = { 1, 0 };
static const double pointwise_79_out0[] = { 1, 2 };
static const double pointwise_79_g[] = { -0.437, -1.075 };
static const double pointwise_79_grad0[] = { -0.437, 0 };
static const double pointwise_79_grad1[] = { 0, -1.075 };
static const double pointwise_80_in0[] = { 2.274, 2.086, 0.73, -1.3, 1.044, -0.498 };
static const double pointwise_80_in1[] = { 1, 0, 1 };
static const double pointwise_80_out0[] = { 2.274, 7, 0.73, -1.3, 7, -0.498 };
static const double pointwise_80_g[] = { -0.985, 1.161, 0.902, -0.722, 0.722, -0.928 };
static const double pointwise_80_grad0[] = { -0.985, 0, 0.902, -0.722, 0, -0.928 };
static const double pointwise_81_in0[] = { 0.521, 1.363, 0.09, 0.78, 2.409, -0.074 };
static const double pointwise_81_in1[] = { 1, 0, 1 };
static const double pointwise_81_out0[] = { -INFINITY, 1.363, -INFINITY, -INFINITY, 2.409, -INFINITY };
static const double pointwise_81_g[] = { 1.886, 0.502, -1.213, 0.827, -0.537, 0.179 };
static const double pointwise_81_grad0[] = { 0, 0.502, 0, 0, -0.537, 0 };
static const double pointwise_82_in0[] = { -0.281, -0.39, -0.054, -1.051, -0.212, 0.05 };
static const double pointwise_82_in1[] = { 0.384 };
static const double pointwise_82_in2[] = { 1, 0, 1 };
static const double pointwise_82_out0[] = { 0.384, -0.39, 0.384, 0.384, -0.212, 0.384 };
static const double pointwise_82_g[] = { 0.903, 0.132, 1.713, 0.445, 1.016, -0.186 };
static const double pointwise_82_grad0[] = { 0, 0.132, 0, 0, 1.016, 0 };
static const double pointwise_82_grad1[] = { 2.875 };
static const double pointwise_83_in0[] = { 1, 2, 3, NAN, INFINITY };
static const double pointwise_83_in1[] = { 1, 3, 2, NAN, INFINITY };
static const double pointwise_83_out0[] = { 1, 0, 0, 0, 1 };
static const double pointwise_84_in0[] = { 1, 2, 3, NAN, INFINITY };
static const double pointwise_84_in1[] = { 1, 3, 2, NAN, INFINITY };
static const double pointwise_84_out0[] = { 0, 1, 1, 1, 0 };
static const double pointwise_85_in0[] = { 1, 2, 3, NAN, INFINITY };
static const double pointwise_85_in1[] = { 1, 3, 2, NAN, INFINITY };
static const double pointwise_85_out0[] = { 0, 1, 0, 0, 0 };
static const double pointwise_86_in0[] = { 1, 2, 3, NAN, INFINITY };
static const double pointwise_86_in1[] = { 1, 3, 2, NAN, INFINITY };
static const double pointwise_86_out0[] = { 1, 1, 0, 0, 1 };
static const double pointwise_87_in0[] = { 1, 2, 3, NAN, INFINITY };
static const double pointwise_87_in1[] = { 1, 3, 2, NAN, INFINITY };
static const double pointwise_87_out0[] = { 0, 0, 1, 0, 0 };
static const double pointwise_88_in0[] = { 1, 2, 3, NAN, INFINITY };
static const double pointwise_88_in1[] = { 1, 3, 2, NAN, INFINITY };
static const double pointwise_88_out0[] = { 1, 0, 1, 0, 1 };
static const double pointwise_89_in0[] = { 1, 2, 3, NAN, INFINITY };
static const double pointwise_89_in1[] = { 1, 3, 2, NAN, INFINITY };
static const double pointwise_89_out0[] = { 1, 1, 1, 1, 1 };
static const double pointwise_90_in0[] = { 1, 2, 3, NAN, INFINITY };
static const double pointwise_90_in1[] = { 1, 3, 2, NAN, INFINITY };
static const double pointwise_90_out0[] = { 1, 1, 1, 1, 1 };
static const double pointwise_91_in0[] = { 1, 2, 3, NAN, INFINITY };
static const double pointwise_91_in1[] = { 1, 3, 2, NAN, INFINITY };
static const double pointwise_91_out0[] = { 0, 0, 0, 0, 0 };
static const double pointwise_92_in0[] = { 0, -0, 1, NAN };
static const double pointwise_92_out0[] = { 1, 1, 0, 0 };
static const double pointwise_93_in0[] = { 0, -1, 1, NAN, INFINITY, -INFINITY };
static const double pointwise_93_out0[] = { 0, 0, 0, 1, 0, 0 };
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
    { .name = "lerp_far", .in = { { 'f', 2, { 2, 3 }, pointwise_68_in0 }, { 'f', 1, { 3 }, pointwise_68_in1 } },
      .out = { { 'f', 2, { 2, 3 }, pointwise_68_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, pointwise_68_g },
      .grad_in = { { 'f', 2, { 2, 3 }, pointwise_68_grad0 }, { 'f', 1, { 3 }, pointwise_68_grad1 } } },
    { .name = "addcmul", .in = { { 'f', 2, { 2, 3 }, pointwise_69_in0 }, { 'f', 1, { 3 }, pointwise_69_in1 }, { 'f', 2, { 2, 1 }, pointwise_69_in2 } },
      .out = { { 'f', 2, { 2, 3 }, pointwise_69_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, pointwise_69_g },
      .grad_in = { { 'f', 2, { 2, 3 }, pointwise_69_grad0 }, { 'f', 1, { 3 }, pointwise_69_grad1 }, { 'f', 2, { 2, 1 }, pointwise_69_grad2 } } },
    { .name = "addcmul_1", .in = { { 'f', 2, { 2, 3 }, pointwise_70_in0 }, { 'f', 1, { 3 }, pointwise_70_in1 }, { 'f', 2, { 2, 1 }, pointwise_70_in2 } },
      .out = { { 'f', 2, { 2, 3 }, pointwise_70_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, pointwise_70_g },
      .grad_in = { { 'f', 2, { 2, 3 }, pointwise_70_grad0 }, { 'f', 1, { 3 }, pointwise_70_grad1 }, { 'f', 2, { 2, 1 }, pointwise_70_grad2 } } },
    { .name = "addcdiv", .in = { { 'f', 2, { 2, 3 }, pointwise_71_in0 }, { 'f', 1, { 3 }, pointwise_71_in1 }, { 'f', 2, { 2, 1 }, pointwise_71_in2 } },
      .out = { { 'f', 2, { 2, 3 }, pointwise_71_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, pointwise_71_g },
      .grad_in = { { 'f', 2, { 2, 3 }, pointwise_71_grad0 }, { 'f', 1, { 3 }, pointwise_71_grad1 }, { 'f', 2, { 2, 1 }, pointwise_71_grad2 } } },
    { .name = "clamp", .in = { { 'f', 1, { 6 }, pointwise_72_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_72_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_72_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_72_grad0 } } },
    { .name = "clamp_min", .in = { { 'f', 1, { 6 }, pointwise_73_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_73_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_73_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_73_grad0 } } },
    { .name = "clamp_max", .in = { { 'f', 1, { 6 }, pointwise_74_in0 } },
      .out = { { 'f', 1, { 6 }, pointwise_74_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_74_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_74_grad0 } } },
    { .name = "clamp_tensors", .in = { { 'f', 1, { 10 }, pointwise_75_in0 }, { 'f', 1, { 10 }, pointwise_75_in1 }, { 'f', 1, { 10 }, pointwise_75_in2 } },
      .out = { { 'f', 1, { 10 }, pointwise_75_out0 } },
      .grad_out = { 'f', 1, { 10 }, pointwise_75_g },
      .grad_in = { { 'f', 1, { 10 }, pointwise_75_grad0 }, { 'f', 1, { 10 }, pointwise_75_grad1 }, { 'f', 1, { 10 }, pointwise_75_grad2 } } },
    { .name = "clamp_min_tensor", .in = { { 'f', 1, { 6 }, pointwise_76_in0 }, { 'f', 1, { 1 }, pointwise_76_in1 } },
      .out = { { 'f', 1, { 6 }, pointwise_76_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_76_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_76_grad0 }, { 'f', 1, { 1 }, pointwise_76_grad1 } } },
    { .name = "clamp_max_tensor", .in = { { 'f', 1, { 6 }, pointwise_77_in0 }, { 'f', 1, { 1 }, pointwise_77_in1 } },
      .out = { { 'f', 1, { 6 }, pointwise_77_out0 } },
      .grad_out = { 'f', 1, { 6 }, pointwise_77_g },
      .grad_in = { { 'f', 1, { 6 }, pointwise_77_grad0 }, { 'f', 1, { 1 }, pointwise_77_grad1 } } },
    { .name = "where", .in = { { 'f', 2, { 2, 3 }, pointwise_78_in0 }, { 'f', 1, { 3 }, pointwise_78_in1 }, { 'i', 1, { 3 }, pointwise_78_in2 } },
      .out = { { 'f', 2, { 2, 3 }, pointwise_78_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, pointwise_78_g },
      .grad_in = { { 'f', 2, { 2, 3 }, pointwise_78_grad0 }, { 'f', 1, { 3 }, pointwise_78_grad1 }, { 0 } } },
    { .name = "where_nan", .in = { { 'f', 1, { 2 }, pointwise_79_in0 }, { 'f', 1, { 2 }, pointwise_79_in1 }, { 'i', 1, { 2 }, pointwise_79_in2 } },
      .out = { { 'f', 1, { 2 }, pointwise_79_out0 } },
      .grad_out = { 'f', 1, { 2 }, pointwise_79_g },
      .grad_in = { { 'f', 1, { 2 }, pointwise_79_grad0 }, { 'f', 1, { 2 }, pointwise_79_grad1 }, { 0 } } },
    { .name = "where_number", .in = { { 'f', 2, { 2, 3 }, pointwise_80_in0 }, { 'i', 1, { 3 }, pointwise_80_in1 } },
      .out = { { 'f', 2, { 2, 3 }, pointwise_80_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, pointwise_80_g },
      .grad_in = { { 'f', 2, { 2, 3 }, pointwise_80_grad0 }, { 0 } } },
    { .name = "masked_fill", .in = { { 'f', 2, { 2, 3 }, pointwise_81_in0 }, { 'i', 1, { 3 }, pointwise_81_in1 } },
      .out = { { 'f', 2, { 2, 3 }, pointwise_81_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, pointwise_81_g },
      .grad_in = { { 'f', 2, { 2, 3 }, pointwise_81_grad0 }, { 0 } } },
    { .name = "masked_fill_tensor", .in = { { 'f', 2, { 2, 3 }, pointwise_82_in0 }, { 'f', 0, { 0 }, pointwise_82_in1 }, { 'i', 1, { 3 }, pointwise_82_in2 } },
      .out = { { 'f', 2, { 2, 3 }, pointwise_82_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, pointwise_82_g },
      .grad_in = { { 'f', 2, { 2, 3 }, pointwise_82_grad0 }, { 'f', 0, { 0 }, pointwise_82_grad1 }, { 0 } } },
    { .name = "eq", .in = { { 'f', 1, { 5 }, pointwise_83_in0 }, { 'f', 1, { 5 }, pointwise_83_in1 } },
      .out = { { 'i', 1, { 5 }, pointwise_83_out0 } } },
    { .name = "ne", .in = { { 'f', 1, { 5 }, pointwise_84_in0 }, { 'f', 1, { 5 }, pointwise_84_in1 } },
      .out = { { 'i', 1, { 5 }, pointwise_84_out0 } } },
    { .name = "lt", .in = { { 'f', 1, { 5 }, pointwise_85_in0 }, { 'f', 1, { 5 }, pointwise_85_in1 } },
      .out = { { 'i', 1, { 5 }, pointwise_85_out0 } } },
    { .name = "le", .in = { { 'f', 1, { 5 }, pointwise_86_in0 }, { 'f', 1, { 5 }, pointwise_86_in1 } },
      .out = { { 'i', 1, { 5 }, pointwise_86_out0 } } },
    { .name = "gt", .in = { { 'f', 1, { 5 }, pointwise_87_in0 }, { 'f', 1, { 5 }, pointwise_87_in1 } },
      .out = { { 'i', 1, { 5 }, pointwise_87_out0 } } },
    { .name = "ge", .in = { { 'f', 1, { 5 }, pointwise_88_in0 }, { 'f', 1, { 5 }, pointwise_88_in1 } },
      .out = { { 'i', 1, { 5 }, pointwise_88_out0 } } },
    { .name = "logical_and", .in = { { 'f', 1, { 5 }, pointwise_89_in0 }, { 'f', 1, { 5 }, pointwise_89_in1 } },
      .out = { { 'i', 1, { 5 }, pointwise_89_out0 } } },
    { .name = "logical_or", .in = { { 'f', 1, { 5 }, pointwise_90_in0 }, { 'f', 1, { 5 }, pointwise_90_in1 } },
      .out = { { 'i', 1, { 5 }, pointwise_90_out0 } } },
    { .name = "logical_xor", .in = { { 'f', 1, { 5 }, pointwise_91_in0 }, { 'f', 1, { 5 }, pointwise_91_in1 } },
      .out = { { 'i', 1, { 5 }, pointwise_91_out0 } } },
    { .name = "logical_not", .in = { { 'f', 1, { 4 }, pointwise_92_in0 } },
      .out = { { 'i', 1, { 4 }, pointwise_92_out0 } } },
    { .name = "isnan", .in = { { 'f', 1, { 6 }, pointwise_93_in0 } },
      .out = { { 'i', 1, { 6 }, pointwise_93_out0 } } },
};
/* clang-format on */
