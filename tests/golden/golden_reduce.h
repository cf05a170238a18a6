/* Written by gen_ops1.py with PyTorch 2.15.0; do not edit. */
/* clang-format off */
static const double reduce_0_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_0_out0[] = { 3.13 };
static const double reduce_0_g[] = { 0.39 };
static const double reduce_0_grad0[] = { 0.39, 0.39, 0.39, 0.39, 0.39, 0.39, 0.39, 0.39, 0.39, 0.39, 0.39, 0.39 };
static const double reduce_1_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_1_out0[] = { 2.419, -0.743, 1.202, 0.252 };
static const double reduce_1_g[] = { -0.673, -0.705, -0.547, 1.246 };
static const double reduce_1_grad0[] = { -0.673, -0.705, -0.673, -0.705, -0.673, -0.705, -0.547, 1.246, -0.547, 1.246, -0.547, 1.246 };
static const double reduce_2_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_2_out0[] = { -1.258, 2.775, 0.159, 0.394, 1.752, -0.692 };
static const double reduce_2_g[] = { -1.481, -0.344, 1.981, -0.025, -0.771, 1.021 };
static const double reduce_2_grad0[] = { -1.481, -1.481, -0.344, -0.344, 1.981, 1.981, -0.025, -0.025, -0.771, -0.771, 1.021, 1.021 };
static const double reduce_3_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_3_out0[] = { -0.864, 4.527, -0.533 };
static const double reduce_3_g[] = { 0.883, -0.441, 0.707 };
static const double reduce_3_grad0[] = { 0.883, 0.883, -0.441, -0.441, 0.707, 0.707, 0.883, 0.883, -0.441, -0.441, 0.707, 0.707 };
static const double reduce_4_in0[] = { 1 };
static const double reduce_4_out0[] = { 1 };
static const double reduce_4_g[] = { -0.829 };
static const double reduce_4_grad0[] = { -0.829 };
static const double reduce_5_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_5_out0[] = { 0.2608333333333 };
static const double reduce_5_g[] = { 1.784 };
static const double reduce_5_grad0[] = { 0.1486666666667, 0.1486666666667, 0.1486666666667, 0.1486666666667, 0.1486666666667, 0.1486666666667, 0.1486666666667, 0.1486666666667, 0.1486666666667, 0.1486666666667, 0.1486666666667, 0.1486666666667 };
static const double reduce_6_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_6_out0[] = { 0.8063333333333, -0.2476666666667, 0.4006666666667, 0.084 };
static const double reduce_6_g[] = { -2.462, -0.12, -0.36, -2.314 };
static const double reduce_6_grad0[] = { -0.8206666666667, -0.04, -0.8206666666667, -0.04, -0.8206666666667, -0.04, -0.12, -0.7713333333333, -0.12, -0.7713333333333, -0.12, -0.7713333333333 };
static const double reduce_7_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_7_out0[] = { -0.629, 1.3875, 0.0795, 0.197, 0.876, -0.346 };
static const double reduce_7_g[] = { 1.262, 0.057, -0.17, 1.808, 0.282, -0.949 };
static const double reduce_7_grad0[] = { 0.631, 0.631, 0.0285, 0.0285, -0.085, -0.085, 0.904, 0.904, 0.141, 0.141, -0.4745, -0.4745 };
static const double reduce_8_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_8_out0[] = { -0.216, 1.13175, -0.13325 };
static const double reduce_8_g[] = { -1.351, -0.191, 0.774 };
static const double reduce_8_grad0[] = { -0.33775, -0.33775, -0.04775, -0.04775, 0.1935, 0.1935, -0.33775, -0.33775, -0.04775, -0.04775, 0.1935, 0.1935 };
static const double reduce_9_in0[] = { 0.525 };
static const double reduce_9_out0[] = { 0.525 };
static const double reduce_9_g[] = { 1.429 };
static const double reduce_9_grad0[] = { 1.429 };
static const double reduce_10_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_10_out0[] = { -0.0003495257362805 };
static const double reduce_10_g[] = { 0.282 };
static const double reduce_10_grad0[] = { 0.0008800558717062, 8.600895081247e-05, -6.990514725609e-05, -7.220971255025e-05, -8.792708084843e-05, 0.0001024597272672, 0.0002907559222156, -0.0001344696557041, -6.484622212572e-05, -0.0004248545587547, -0.004693631315766, 0.0001382415955555 };
static const double reduce_11_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_11_out0[] = { -0.17702832, 1.50484698, -0.01082088, -0.121249928 };
static const double reduce_11_g[] = { 0.443, 0.316, -0.318, 0.219 };
static const double reduce_11_grad0[] = { 0.70021023, -0.41494908, -0.055619536, 0.348374832, -0.06995856, -0.49431564, -0.01015056, -0.036226104, 0.002263842, -0.114455751, 0.16385904, 0.037242264 };
static const double reduce_12_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_12_out0[] = { 0.128352, 1.92465, -1.078402, -0.248487, 0.35264, -0.014973 };
static const double reduce_12_g[] = { -0.389, 1.524, 1.141, -0.621, -0.425, 1.638 };
static const double reduce_12_grad0[] = { 0.445794, 0.043568, 2.08026, 2.14884, -1.097642, 1.279061, -0.455193, 0.210519, -0.0986, -0.646, -1.167894, 0.034398 };
static const double reduce_13_in0[] = { -1.112 };
static const double reduce_13_out0[] = { -1.112 };
static const double reduce_13_g[] = { -1.812 };
static const double reduce_13_grad0[] = { -1.812 };
static const double reduce_14_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_14_out0[] = { 1.52 };
static const double reduce_14_g[] = { 0.761 };
static const double reduce_14_grad0[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0.761, 0, 0, 0 };
static const double reduce_15_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_15_out0[] = { 1.41, 1.365, 1.52, 0.733 };
static const double reduce_15_g[] = { -0.061, -0.396, 2.583, -0.286 };
static const double reduce_15_grad0[] = { -0, -0, -0.061, -0.396, -0, -0, 0, -0.286, 2.583, -0, 0, -0 };
static const double reduce_16_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_16_out0[] = { -0.112, 1.41, 1.121, 0.733, 1.52, 0.021 };
static const double reduce_16_g[] = { -0.075, -0.439, -0.031, -0.087, 0.349, -0.625 };
static const double reduce_16_grad0[] = { -0.075, -0, -0.439, -0, -0.031, -0, -0, -0.087, 0.349, 0, -0.625, -0 };
static const double reduce_17_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_17_out0[] = { 0.733, 1.52, 1.121 };
static const double reduce_17_g[] = { 0.73, 1.059, 1.479 };
static const double reduce_17_grad0[] = { 0, 0, 0, 0, 1.479, 0, 0, 0.73, 1.059, 0, 0, 0 };
static const double reduce_18_in0[] = { 0.354 };
static const double reduce_18_out0[] = { 0.354 };
static const double reduce_18_g[] = { -0.057 };
static const double reduce_18_grad0[] = { -0.057 };
static const double reduce_19_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_19_out0[] = { -1.146 };
static const double reduce_19_g[] = { 0.923 };
static const double reduce_19_grad0[] = { 0, 0.923, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
static const double reduce_20_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_20_out0[] = { -0.112, -1.146, -0.339, -0.713 };
static const double reduce_20_g[] = { 1.556, 0.527, -0.036, 0.473 };
static const double reduce_20_grad0[] = { 1.556, 0.527, 0, 0, 0, 0, -0.036, 0, -0, 0, -0, 0.473 };
static const double reduce_21_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_21_out0[] = { -1.146, 1.365, -0.962, -0.339, 0.232, -0.713 };
static const double reduce_21_g[] = { -1.59, 1.538, 0.586, -0.435, 1.127, 0.887 };
static const double reduce_21_grad0[] = { -0, -1.59, 0, 1.538, 0, 0.586, -0.435, -0, 0, 1.127, 0, 0.887 };
static const double reduce_22_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_22_out0[] = { -1.146, 0.232, -0.962 };
static const double reduce_22_g[] = { 2.004, -0.699, 0.396 };
static const double reduce_22_grad0[] = { 0, 2.004, -0, -0, 0, 0.396, 0, 0, -0, -0.699, 0, 0 };
static const double reduce_23_in0[] = { 1.922 };
static const double reduce_23_out0[] = { 1.922 };
static const double reduce_23_g[] = { 2.046 };
static const double reduce_23_grad0[] = { 2.046 };
static const double reduce_24_in0[] = { -0.895, -1.338, -1.992, 1.023, -1.294, -0.886, 2.073, -0.182, -1.541, -1.756, 0.366, 0.821, -0.658, 0.166, -1.109 };
static const double reduce_24_out0[] = { 3.157754719379, 0.9045478844744, 0.03639902665207 };
static const double reduce_24_g[] = { 0.593, -0.251, 0.686 };
static const double reduce_24_grad0[] = { -2.092233015186, -1.399513115539, -0.9400344119437, 1.830448239093, -1.447100887629, 0.2562545361209, -0.109523164015, 1.247480873643, 0.1473338864394, 0.1292947146942, 0.06822331224951, 0.03041380302475, -0.03794792140322, 0.1504200739959, -0.02251553857829 };
static const double reduce_25_in0[] = { 0, 2, 3, 4, 5 };
static const double reduce_25_out0[] = { 0 };
static const double reduce_25_g[] = { -0.643 };
static const double reduce_25_grad0[] = { -77.16, -0, -0, -0, -0 };
static const double reduce_26_in0[] = { 2, 0, 3, 0, 5 };
static const double reduce_26_out0[] = { 0 };
static const double reduce_26_g[] = { 1.061 };
static const double reduce_26_grad0[] = { 0, 0, 0, 0, 0 };
static const double reduce_27_in0[] = { 0, 0, 0 };
static const double reduce_27_out0[] = { 0 };
static const double reduce_27_g[] = { -0.209 };
static const double reduce_27_grad0[] = { 0, 0, 0 };
static const double reduce_28_in0[] = { 3 };
static const double reduce_28_out0[] = { 3 };
static const double reduce_28_g[] = { 1.701 };
static const double reduce_28_grad0[] = { 1.701 };
static const double reduce_29_in0[] = { NAN, 0, 2 };
static const double reduce_29_out0[] = { NAN };
static const double reduce_29_g[] = { -0.592 };
static const double reduce_29_grad0[] = { -0, NAN, NAN };
static const double reduce_30_in0[] = { 3, 2, 3, 1, 1, 1 };
static const double reduce_30_out0[] = { 3, 1 };
static const double reduce_30_g[] = { -1.016, 0.09 };
static const double reduce_30_grad0[] = { -0.508, -0, -0.508, 0.03, 0.03, 0.03 };
static const double reduce_31_in0[] = { 3, NAN, 3, 2, 1, 1 };
static const double reduce_31_out0[] = { NAN, 1 };
static const double reduce_31_g[] = { -0.393, 0.683 };
static const double reduce_31_grad0[] = { NAN, NAN, NAN, 0, 0.3415, 0.3415 };
static const double reduce_32_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_32_out0[] = { 0.9152823333333 };
static const double reduce_32_g[] = { 1.832 };
static const double reduce_32_grad0[] = { -0.1241873939394, -0.4686033939394, 0.382776969697, 0.3677878787879, 0.2865136969697, -0.4073146666667, -0.199799030303, 0.1572744242424, 0.419416969697, -0.009604121212121, -0.0798863030303, -0.324375030303 };
static const double reduce_33_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_33_out0[] = { 0.4478615, 0.2730291875, 0.6549681875 };
static const double reduce_33_g[] = { 0.11, -0.805, 1.884 };
static const double reduce_33_grad0[] = { 0.00572, -0.05115, -0.111995625, -0.093883125, 1.1815035, -0.7806825, -0.006765, 0.052195, -0.156270625, 0.362149375, 0.1453035, -0.5461245 };
static const double reduce_34_in0[] = { 0.769, 0.35 };
static const double reduce_34_out0[] = { NAN, NAN };
static const double reduce_34_g[] = { 0.375, 1.876 };
static const double reduce_34_grad0[] = { NAN, NAN };
static const double reduce_35_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_35_out0[] = { 0.9567038901004 };
static const double reduce_35_g[] = { 1.055 };
static const double reduce_35_grad0[] = { -0.03737635691734, -0.1410343445415, 0.1152033888892, 0.1106921611879, 0.08623128209674, -0.1225884357186, -0.06013299443251, 0.04733447436157, 0.1262308343811, -0.002890527378945, -0.02404317282256, -0.09762630910507 };
static const double reduce_36_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_36_out0[] = { 0.6692245512532, 0.5225219492997, 0.8093010487452 };
static const double reduce_36_g[] = { 0.235, -0.326, 0.717 };
static const double reduce_36_grad0[] = { 0.00912996988613, -0.08164299994327, -0.04339985149024, -0.03638100758346, 0.277800594536, -0.1835576980041, -0.01079794515379, 0.08331097521093, -0.06055702548459, 0.1403378845583, 0.03416443428916, -0.128407330821 };
static const double reduce_37_in0[] = { -1.032, -0.664 };
static const double reduce_37_out0[] = { NAN, NAN };
static const double reduce_37_g[] = { -0.757, 0.548 };
static const double reduce_37_grad0[] = { NAN, NAN };
static const double reduce_38_in0[] = { 1, 2 };
static const double reduce_38_out0[] = { INFINITY };
static const double reduce_38_g[] = { 1.668 };
static const double reduce_38_grad0[] = { 1.668, -1.668 };
static const double reduce_39_in0[] = { 3, 3, 3 };
static const double reduce_39_out0[] = { 0 };
static const double reduce_39_g[] = { -0.361 };
static const double reduce_39_grad0[] = { 0, 0, 0 };
static const double reduce_40_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_40_out0[] = { 1.41, 1.365, 1.52, 0.733 };
static const double reduce_40_out1[] = { 1, 1, 1, 0 };
static const double reduce_40_g[] = { -0.007, 0.696, -0.101, 0.09 };
static const double reduce_40_grad0[] = { 0, 0, -0.007, 0.696, 0, 0, 0, 0.09, -0.101, 0, 0, 0 };
static const double reduce_41_in0[] = { 3, 1, 3, 1, 2, NAN, 1, NAN };
static const double reduce_41_out0[] = { 3, NAN };
static const double reduce_41_out1[] = { 0, 1 };
static const double reduce_41_g[] = { -0.603, 0.73 };
static const double reduce_41_grad0[] = { -0.603, 0, 0, 0, 0, 0.73, 0, 0 };
static const double reduce_42_in0[] = { -1.162 };
static const double reduce_42_out0[] = { -1.162 };
static const double reduce_42_out1[] = { 0 };
static const double reduce_42_g[] = { -0.448 };
static const double reduce_42_grad0[] = { -0.448 };
static const double reduce_43_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_43_out0[] = { -0.112, -1.146, -0.339, -0.713 };
static const double reduce_43_out1[] = { 0, 0, 0, 2 };
static const double reduce_43_g[] = { 1.385, 0.196, -1.006, 0.291 };
static const double reduce_43_grad0[] = { 1.385, 0.196, 0, 0, 0, 0, -1.006, 0, 0, 0, 0, 0.291 };
static const double reduce_44_in0[] = { 3, 1, 3, 1, 2, NAN, 1, NAN };
static const double reduce_44_out0[] = { 1, NAN };
static const double reduce_44_out1[] = { 1, 1 };
static const double reduce_44_g[] = { -1.789, 1.01 };
static const double reduce_44_grad0[] = { 0, -1.789, 0, 0, 0, 1.01, 0, 0 };
static const double reduce_45_in0[] = { 0.109 };
static const double reduce_45_out0[] = { 0.109 };
static const double reduce_45_out1[] = { 0 };
static const double reduce_45_g[] = { -0.005 };
static const double reduce_45_grad0[] = { -0.005 };
static const double reduce_46_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_46_out0[] = { 8 };
static const double reduce_47_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_47_out0[] = { 1, 1, 1, 0 };
static const double reduce_48_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_48_out0[] = { 8 };
static const double reduce_49_in0[] = { 1, NAN, 3, NAN };
static const double reduce_49_out0[] = { 1 };
static const double reduce_50_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_50_out0[] = { 1 };
static const double reduce_51_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_51_out0[] = { 0, 0, 0, 2 };
static const double reduce_52_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_52_out0[] = { 1 };
static const double reduce_53_in0[] = { 1, NAN, 3, NAN };
static const double reduce_53_out0[] = { 1 };
static const double reduce_54_in0[] = { 1, 0, NAN, 0, 0, 0 };
static const double reduce_54_out0[] = { 1 };
static const double reduce_55_in0[] = { 1, 0, NAN, 0, 0, 0 };
static const double reduce_55_out0[] = { 1, 0 };
static const double reduce_56_in0[] = { 0 };
static const double reduce_56_out0[] = { 0, 0 };
static const double reduce_57_in0[] = { 1, 0, NAN, 0, 0, 0 };
static const double reduce_57_out0[] = { 0 };
static const double reduce_58_in0[] = { 1, 0, NAN, 0, 0, 0 };
static const double reduce_58_out0[] = { 0, 0 };
static const double reduce_59_in0[] = { 0 };
static const double reduce_59_out0[] = { 1, 1 };
static const double reduce_60_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_60_out0[] = { -0.864, 4.527, -0.533 };
static const double reduce_60_g[] = { 0.356, -0.709, 0.093 };
static const double reduce_60_grad0[] = { 0.356, 0.356, -0.709, -0.709, 0.093, 0.093, 0.356, 0.356, -0.709, -0.709, 0.093, 0.093 };
static const double reduce_61_in0[] = { -0.112, -1.146, 1.41, 1.365, 1.121, -0.962, -0.339, 0.733, 1.52, 0.232, 0.021, -0.713 };
static const double reduce_61_out0[] = { 3.13 };
static const double reduce_61_g[] = { -0.406 };
static const double reduce_61_grad0[] = { -0.406, -0.406, -0.406, -0.406, -0.406, -0.406, -0.406, -0.406, -0.406, -0.406, -0.406, -0.406 };
static const double reduce_62_in0[] = { 0 };
static const double reduce_62_out0[] = { 0, 0 };
static const double reduce_62_g[] = { -0.361, -1.212 };
static const double reduce_62_grad0[] = { 0 };
static const double reduce_63_in0[] = { 0 };
static const double reduce_63_out0[] = { 1, 1 };
static const double reduce_63_g[] = { 0.697, -0.398 };
static const double reduce_63_grad0[] = { 0 };
static const double reduce_64_in0[] = { 0 };
static const double reduce_64_out0[] = { NAN, NAN };
static const double reduce_64_g[] = { -1.323, -0.29 };
static const double reduce_64_grad0[] = { 0 };
static const double reduce_65_in0[] = { 0 };
static const double reduce_65_out0[] = { 0 };
static const double reduce_65_g[] = { 0 };
static const double reduce_65_grad0[] = { 0 };
static const golden golden_reduce[] = {
    { .name = "sum", .in = { { 'f', 3, { 2, 3, 2 }, reduce_0_in0 } },
      .out = { { 'f', 0, { 0 }, reduce_0_out0 } },
      .grad_out = { 'f', 0, { 0 }, reduce_0_g },
      .grad_in = { { 'f', 3, { 2, 3, 2 }, reduce_0_grad0 } } },
    { .name = "sum_dim", .in = { { 'f', 3, { 2, 3, 2 }, reduce_1_in0 } },
      .out = { { 'f', 2, { 2, 2 }, reduce_1_out0 } },
      .grad_out = { 'f', 2, { 2, 2 }, reduce_1_g },
      .grad_in = { { 'f', 3, { 2, 3, 2 }, reduce_1_grad0 } } },
    { .name = "sum_keep", .in = { { 'f', 3, { 2, 3, 2 }, reduce_2_in0 } },
      .out = { { 'f', 3, { 2, 3, 1 }, reduce_2_out0 } },
      .grad_out = { 'f', 3, { 2, 3, 1 }, reduce_2_g },
      .grad_in = { { 'f', 3, { 2, 3, 2 }, reduce_2_grad0 } } },
    { .name = "sum_dims", .in = { { 'f', 3, { 2, 3, 2 }, reduce_3_in0 } },
      .out = { { 'f', 1, { 3 }, reduce_3_out0 } },
      .grad_out = { 'f', 1, { 3 }, reduce_3_g },
      .grad_in = { { 'f', 3, { 2, 3, 2 }, reduce_3_grad0 } } },
    { .name = "sum_number", .in = { { 'f', 0, { 0 }, reduce_4_in0 } },
      .out = { { 'f', 0, { 0 }, reduce_4_out0 } },
      .grad_out = { 'f', 0, { 0 }, reduce_4_g },
      .grad_in = { { 'f', 0, { 0 }, reduce_4_grad0 } } },
    { .name = "mean", .in = { { 'f', 3, { 2, 3, 2 }, reduce_5_in0 } },
      .out = { { 'f', 0, { 0 }, reduce_5_out0 } },
      .grad_out = { 'f', 0, { 0 }, reduce_5_g },
      .grad_in = { { 'f', 3, { 2, 3, 2 }, reduce_5_grad0 } } },
    { .name = "mean_dim", .in = { { 'f', 3, { 2, 3, 2 }, reduce_6_in0 } },
      .out = { { 'f', 2, { 2, 2 }, reduce_6_out0 } },
      .grad_out = { 'f', 2, { 2, 2 }, reduce_6_g },
      .grad_in = { { 'f', 3, { 2, 3, 2 }, reduce_6_grad0 } } },
    { .name = "mean_keep", .in = { { 'f', 3, { 2, 3, 2 }, reduce_7_in0 } },
      .out = { { 'f', 3, { 2, 3, 1 }, reduce_7_out0 } },
      .grad_out = { 'f', 3, { 2, 3, 1 }, reduce_7_g },
      .grad_in = { { 'f', 3, { 2, 3, 2 }, reduce_7_grad0 } } },
    { .name = "mean_dims", .in = { { 'f', 3, { 2, 3, 2 }, reduce_8_in0 } },
      .out = { { 'f', 1, { 3 }, reduce_8_out0 } },
      .grad_out = { 'f', 1, { 3 }, reduce_8_g },
      .grad_in = { { 'f', 3, { 2, 3, 2 }, reduce_8_grad0 } } },
    { .name = "mean_number", .in = { { 'f', 0, { 0 }, reduce_9_in0 } },
      .out = { { 'f', 0, { 0 }, reduce_9_out0 } },
      .grad_out = { 'f', 0, { 0 }, reduce_9_g },
      .grad_in = { { 'f', 0, { 0 }, reduce_9_grad0 } } },
    { .name = "prod", .in = { { 'f', 3, { 2, 3, 2 }, reduce_10_in0 } },
      .out = { { 'f', 0, { 0 }, reduce_10_out0 } },
      .grad_out = { 'f', 0, { 0 }, reduce_10_g },
      .grad_in = { { 'f', 3, { 2, 3, 2 }, reduce_10_grad0 } } },
    { .name = "prod_dim", .in = { { 'f', 3, { 2, 3, 2 }, reduce_11_in0 } },
      .out = { { 'f', 2, { 2, 2 }, reduce_11_out0 } },
      .grad_out = { 'f', 2, { 2, 2 }, reduce_11_g },
      .grad_in = { { 'f', 3, { 2, 3, 2 }, reduce_11_grad0 } } },
    { .name = "prod_keep", .in = { { 'f', 3, { 2, 3, 2 }, reduce_12_in0 } },
      .out = { { 'f', 3, { 2, 3, 1 }, reduce_12_out0 } },
      .grad_out = { 'f', 3, { 2, 3, 1 }, reduce_12_g },
      .grad_in = { { 'f', 3, { 2, 3, 2 }, reduce_12_grad0 } } },
    { .name = "prod_number", .in = { { 'f', 0, { 0 }, reduce_13_in0 } },
      .out = { { 'f', 0, { 0 }, reduce_13_out0 } },
      .grad_out = { 'f', 0, { 0 }, reduce_13_g },
      .grad_in = { { 'f', 0, { 0 }, reduce_13_grad0 } } },
    { .name = "amax", .in = { { 'f', 3, { 2, 3, 2 }, reduce_14_in0 } },
      .out = { { 'f', 0, { 0 }, reduce_14_out0 } },
      .grad_out = { 'f', 0, { 0 }, reduce_14_g },
      .grad_in = { { 'f', 3, { 2, 3, 2 }, reduce_14_grad0 } } },
    { .name = "amax_dim", .in = { { 'f', 3, { 2, 3, 2 }, reduce_15_in0 } },
      .out = { { 'f', 2, { 2, 2 }, reduce_15_out0 } },
      .grad_out = { 'f', 2, { 2, 2 }, reduce_15_g },
      .grad_in = { { 'f', 3, { 2, 3, 2 }, reduce_15_grad0 } } },
    { .name = "amax_keep", .in = { { 'f', 3, { 2, 3, 2 }, reduce_16_in0 } },
      .out = { { 'f', 3, { 2, 3, 1 }, reduce_16_out0 } },
      .grad_out = { 'f', 3, { 2, 3, 1 }, reduce_16_g },
      .grad_in = { { 'f', 3, { 2, 3, 2 }, reduce_16_grad0 } } },
    { .name = "amax_dims", .in = { { 'f', 3, { 2, 3, 2 }, reduce_17_in0 } },
      .out = { { 'f', 1, { 3 }, reduce_17_out0 } },
      .grad_out = { 'f', 1, { 3 }, reduce_17_g },
      .grad_in = { { 'f', 3, { 2, 3, 2 }, reduce_17_grad0 } } },
    { .name = "amax_number", .in = { { 'f', 0, { 0 }, reduce_18_in0 } },
      .out = { { 'f', 0, { 0 }, reduce_18_out0 } },
      .grad_out = { 'f', 0, { 0 }, reduce_18_g },
      .grad_in = { { 'f', 0, { 0 }, reduce_18_grad0 } } },
    { .name = "amin", .in = { { 'f', 3, { 2, 3, 2 }, reduce_19_in0 } },
      .out = { { 'f', 0, { 0 }, reduce_19_out0 } },
      .grad_out = { 'f', 0, { 0 }, reduce_19_g },
      .grad_in = { { 'f', 3, { 2, 3, 2 }, reduce_19_grad0 } } },
    { .name = "amin_dim", .in = { { 'f', 3, { 2, 3, 2 }, reduce_20_in0 } },
      .out = { { 'f', 2, { 2, 2 }, reduce_20_out0 } },
      .grad_out = { 'f', 2, { 2, 2 }, reduce_20_g },
      .grad_in = { { 'f', 3, { 2, 3, 2 }, reduce_20_grad0 } } },
    { .name = "amin_keep", .in = { { 'f', 3, { 2, 3, 2 }, reduce_21_in0 } },
      .out = { { 'f', 3, { 2, 3, 1 }, reduce_21_out0 } },
      .grad_out = { 'f', 3, { 2, 3, 1 }, reduce_21_g },
      .grad_in = { { 'f', 3, { 2, 3, 2 }, reduce_21_grad0 } } },
    { .name = "amin_dims", .in = { { 'f', 3, { 2, 3, 2 }, reduce_22_in0 } },
      .out = { { 'f', 1, { 3 }, reduce_22_out0 } },
      .grad_out = { 'f', 1, { 3 }, reduce_22_g },
      .grad_in = { { 'f', 3, { 2, 3, 2 }, reduce_22_grad0 } } },
    { .name = "amin_number", .in = { { 'f', 0, { 0 }, reduce_23_in0 } },
      .out = { { 'f', 0, { 0 }, reduce_23_out0 } },
      .grad_out = { 'f', 0, { 0 }, reduce_23_g },
      .grad_in = { { 'f', 0, { 0 }, reduce_23_grad0 } } },
    { .name = "prod_strided", .in = { { 'f', 2, { 3, 5 }, reduce_24_in0 } },
      .out = { { 'f', 1, { 3 }, reduce_24_out0 } },
      .grad_out = { 'f', 1, { 3 }, reduce_24_g },
      .grad_in = { { 'f', 2, { 3, 5 }, reduce_24_grad0 } } },
    { .name = "prod_zeros_0", .in = { { 'f', 1, { 5 }, reduce_25_in0 } },
      .out = { { 'f', 0, { 0 }, reduce_25_out0 } },
      .grad_out = { 'f', 0, { 0 }, reduce_25_g },
      .grad_in = { { 'f', 1, { 5 }, reduce_25_grad0 } } },
    { .name = "prod_zeros_00", .in = { { 'f', 1, { 5 }, reduce_26_in0 } },
      .out = { { 'f', 0, { 0 }, reduce_26_out0 } },
      .grad_out = { 'f', 0, { 0 }, reduce_26_g },
      .grad_in = { { 'f', 1, { 5 }, reduce_26_grad0 } } },
    { .name = "prod_zeros_all", .in = { { 'f', 1, { 3 }, reduce_27_in0 } },
      .out = { { 'f', 0, { 0 }, reduce_27_out0 } },
      .grad_out = { 'f', 0, { 0 }, reduce_27_g },
      .grad_in = { { 'f', 1, { 3 }, reduce_27_grad0 } } },
    { .name = "prod_zeros_1", .in = { { 'f', 1, { 1 }, reduce_28_in0 } },
      .out = { { 'f', 0, { 0 }, reduce_28_out0 } },
      .grad_out = { 'f', 0, { 0 }, reduce_28_g },
      .grad_in = { { 'f', 1, { 1 }, reduce_28_grad0 } } },
    { .name = "prod_zeros_nan", .in = { { 'f', 1, { 3 }, reduce_29_in0 } },
      .out = { { 'f', 0, { 0 }, reduce_29_out0 } },
      .grad_out = { 'f', 0, { 0 }, reduce_29_g },
      .grad_in = { { 'f', 1, { 3 }, reduce_29_grad0 } } },
    { .name = "amax_ties", .in = { { 'f', 2, { 2, 3 }, reduce_30_in0 } },
      .out = { { 'f', 1, { 2 }, reduce_30_out0 } },
      .grad_out = { 'f', 1, { 2 }, reduce_30_g },
      .grad_in = { { 'f', 2, { 2, 3 }, reduce_30_grad0 } } },
    { .name = "amin_nan", .in = { { 'f', 2, { 2, 3 }, reduce_31_in0 } },
      .out = { { 'f', 1, { 2 }, reduce_31_out0 } },
      .grad_out = { 'f', 1, { 2 }, reduce_31_g },
      .grad_in = { { 'f', 2, { 2, 3 }, reduce_31_grad0 } } },
    { .name = "var", .in = { { 'f', 3, { 2, 3, 2 }, reduce_32_in0 } },
      .out = { { 'f', 0, { 0 }, reduce_32_out0 } },
      .grad_out = { 'f', 0, { 0 }, reduce_32_g },
      .grad_in = { { 'f', 3, { 2, 3, 2 }, reduce_32_grad0 } } },
    { .name = "var_dims", .in = { { 'f', 3, { 2, 3, 2 }, reduce_33_in0 } },
      .out = { { 'f', 3, { 1, 3, 1 }, reduce_33_out0 } },
      .grad_out = { 'f', 3, { 1, 3, 1 }, reduce_33_g },
      .grad_in = { { 'f', 3, { 2, 3, 2 }, reduce_33_grad0 } } },
    { .name = "var_one", .in = { { 'f', 2, { 1, 2 }, reduce_34_in0 } },
      .out = { { 'f', 1, { 2 }, reduce_34_out0 } },
      .grad_out = { 'f', 1, { 2 }, reduce_34_g },
      .grad_in = { { 'f', 2, { 1, 2 }, reduce_34_grad0 } } },
    { .name = "std", .in = { { 'f', 3, { 2, 3, 2 }, reduce_35_in0 } },
      .out = { { 'f', 0, { 0 }, reduce_35_out0 } },
      .grad_out = { 'f', 0, { 0 }, reduce_35_g },
      .grad_in = { { 'f', 3, { 2, 3, 2 }, reduce_35_grad0 } } },
    { .name = "std_dims", .in = { { 'f', 3, { 2, 3, 2 }, reduce_36_in0 } },
      .out = { { 'f', 3, { 1, 3, 1 }, reduce_36_out0 } },
      .grad_out = { 'f', 3, { 1, 3, 1 }, reduce_36_g },
      .grad_in = { { 'f', 3, { 2, 3, 2 }, reduce_36_grad0 } } },
    { .name = "std_one", .in = { { 'f', 2, { 1, 2 }, reduce_37_in0 } },
      .out = { { 'f', 1, { 2 }, reduce_37_out0 } },
      .grad_out = { 'f', 1, { 2 }, reduce_37_g },
      .grad_in = { { 'f', 2, { 1, 2 }, reduce_37_grad0 } } },
    { .name = "var_too_few", .in = { { 'f', 1, { 2 }, reduce_38_in0 } },
      .out = { { 'f', 0, { 0 }, reduce_38_out0 } },
      .grad_out = { 'f', 0, { 0 }, reduce_38_g },
      .grad_in = { { 'f', 1, { 2 }, reduce_38_grad0 } } },
    { .name = "std_of_equal", .in = { { 'f', 1, { 3 }, reduce_39_in0 } },
      .out = { { 'f', 0, { 0 }, reduce_39_out0 } },
      .grad_out = { 'f', 0, { 0 }, reduce_39_g },
      .grad_in = { { 'f', 1, { 3 }, reduce_39_grad0 } } },
    { .name = "max", .in = { { 'f', 3, { 2, 3, 2 }, reduce_40_in0 } },
      .out = { { 'f', 2, { 2, 2 }, reduce_40_out0 }, { 'i', 2, { 2, 2 }, reduce_40_out1 } },
      .grad_out = { 'f', 2, { 2, 2 }, reduce_40_g },
      .grad_in = { { 'f', 3, { 2, 3, 2 }, reduce_40_grad0 } } },
    { .name = "max_keep", .in = { { 'f', 2, { 2, 4 }, reduce_41_in0 } },
      .out = { { 'f', 2, { 2, 1 }, reduce_41_out0 }, { 'i', 2, { 2, 1 }, reduce_41_out1 } },
      .grad_out = { 'f', 2, { 2, 1 }, reduce_41_g },
      .grad_in = { { 'f', 2, { 2, 4 }, reduce_41_grad0 } } },
    { .name = "max_number", .in = { { 'f', 0, { 0 }, reduce_42_in0 } },
      .out = { { 'f', 0, { 0 }, reduce_42_out0 }, { 'i', 0, { 0 }, reduce_42_out1 } },
      .grad_out = { 'f', 0, { 0 }, reduce_42_g },
      .grad_in = { { 'f', 0, { 0 }, reduce_42_grad0 } } },
    { .name = "min", .in = { { 'f', 3, { 2, 3, 2 }, reduce_43_in0 } },
      .out = { { 'f', 2, { 2, 2 }, reduce_43_out0 }, { 'i', 2, { 2, 2 }, reduce_43_out1 } },
      .grad_out = { 'f', 2, { 2, 2 }, reduce_43_g },
      .grad_in = { { 'f', 3, { 2, 3, 2 }, reduce_43_grad0 } } },
    { .name = "min_keep", .in = { { 'f', 2, { 2, 4 }, reduce_44_in0 } },
      .out = { { 'f', 2, { 2, 1 }, reduce_44_out0 }, { 'i', 2, { 2, 1 }, reduce_44_out1 } },
      .grad_out = { 'f', 2, { 2, 1 }, reduce_44_g },
      .grad_in = { { 'f', 2, { 2, 4 }, reduce_44_grad0 } } },
    { .name = "min_number", .in = { { 'f', 0, { 0 }, reduce_45_in0 } },
      .out = { { 'f', 0, { 0 }, reduce_45_out0 }, { 'i', 0, { 0 }, reduce_45_out1 } },
      .grad_out = { 'f', 0, { 0 }, reduce_45_g },
      .grad_in = { { 'f', 0, { 0 }, reduce_45_grad0 } } },
    { .name = "argmax", .in = { { 'f', 3, { 2, 3, 2 }, reduce_46_in0 } },
      .out = { { 'i', 0, { 0 }, reduce_46_out0 } } },
    { .name = "argmax_dim", .in = { { 'f', 3, { 2, 3, 2 }, reduce_47_in0 } },
      .out = { { 'i', 3, { 2, 1, 2 }, reduce_47_out0 } } },
    { .name = "argmax_keep", .in = { { 'f', 3, { 2, 3, 2 }, reduce_48_in0 } },
      .out = { { 'i', 3, { 1, 1, 1 }, reduce_48_out0 } } },
    { .name = "argmax_nan", .in = { { 'f', 1, { 4 }, reduce_49_in0 } },
      .out = { { 'i', 0, { 0 }, reduce_49_out0 } } },
    { .name = "argmin", .in = { { 'f', 3, { 2, 3, 2 }, reduce_50_in0 } },
      .out = { { 'i', 0, { 0 }, reduce_50_out0 } } },
    { .name = "argmin_dim", .in = { { 'f', 3, { 2, 3, 2 }, reduce_51_in0 } },
      .out = { { 'i', 3, { 2, 1, 2 }, reduce_51_out0 } } },
    { .name = "argmin_keep", .in = { { 'f', 3, { 2, 3, 2 }, reduce_52_in0 } },
      .out = { { 'i', 3, { 1, 1, 1 }, reduce_52_out0 } } },
    { .name = "argmin_nan", .in = { { 'f', 1, { 4 }, reduce_53_in0 } },
      .out = { { 'i', 0, { 0 }, reduce_53_out0 } } },
    { .name = "any", .in = { { 'f', 2, { 2, 3 }, reduce_54_in0 } },
      .out = { { 'i', 0, { 0 }, reduce_54_out0 } } },
    { .name = "any_dim", .in = { { 'f', 2, { 2, 3 }, reduce_55_in0 } },
      .out = { { 'i', 1, { 2 }, reduce_55_out0 } } },
    { .name = "any_nothing", .in = { { 'f', 2, { 0, 2 }, reduce_56_in0 } },
      .out = { { 'i', 1, { 2 }, reduce_56_out0 } } },
    { .name = "all", .in = { { 'f', 2, { 2, 3 }, reduce_57_in0 } },
      .out = { { 'i', 0, { 0 }, reduce_57_out0 } } },
    { .name = "all_dim", .in = { { 'f', 2, { 2, 3 }, reduce_58_in0 } },
      .out = { { 'i', 1, { 2 }, reduce_58_out0 } } },
    { .name = "all_nothing", .in = { { 'f', 2, { 0, 2 }, reduce_59_in0 } },
      .out = { { 'i', 1, { 2 }, reduce_59_out0 } } },
    { .name = "sum_to_size", .in = { { 'f', 3, { 2, 3, 2 }, reduce_60_in0 } },
      .out = { { 'f', 2, { 3, 1 }, reduce_60_out0 } },
      .grad_out = { 'f', 2, { 3, 1 }, reduce_60_g },
      .grad_in = { { 'f', 3, { 2, 3, 2 }, reduce_60_grad0 } } },
    { .name = "sum_to_size_number", .in = { { 'f', 3, { 2, 3, 2 }, reduce_61_in0 } },
      .out = { { 'f', 0, { 0 }, reduce_61_out0 } },
      .grad_out = { 'f', 0, { 0 }, reduce_61_g },
      .grad_in = { { 'f', 3, { 2, 3, 2 }, reduce_61_grad0 } } },
    { .name = "sum_nothing", .in = { { 'f', 2, { 0, 2 }, reduce_62_in0 } },
      .out = { { 'f', 1, { 2 }, reduce_62_out0 } },
      .grad_out = { 'f', 1, { 2 }, reduce_62_g },
      .grad_in = { { 'f', 2, { 0, 2 }, reduce_62_grad0 } } },
    { .name = "prod_nothing", .in = { { 'f', 2, { 0, 2 }, reduce_63_in0 } },
      .out = { { 'f', 1, { 2 }, reduce_63_out0 } },
      .grad_out = { 'f', 1, { 2 }, reduce_63_g },
      .grad_in = { { 'f', 2, { 0, 2 }, reduce_63_grad0 } } },
    { .name = "mean_nothing", .in = { { 'f', 2, { 0, 2 }, reduce_64_in0 } },
      .out = { { 'f', 1, { 2 }, reduce_64_out0 } },
      .grad_out = { 'f', 1, { 2 }, reduce_64_g },
      .grad_in = { { 'f', 2, { 0, 2 }, reduce_64_grad0 } } },
    { .name = "amax_of_none", .in = { { 'f', 2, { 0, 2 }, reduce_65_in0 } },
      .out = { { 'f', 1, { 0 }, reduce_65_out0 } },
      .grad_out = { 'f', 1, { 0 }, reduce_65_g },
      .grad_in = { { 'f', 2, { 0, 2 }, reduce_65_grad0 } } },
};
/* clang-format on */
