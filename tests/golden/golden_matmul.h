/* Written by gen_ops2.py with PyTorch 2.15.0; do not edit. */
/* clang-format off */
static const double matmul_0_in0[] = { 0.661, 0.267, 0.062 };
static const double matmul_0_in1[] = { 0.621, -0.452, -0.166 };
static const double matmul_0_out0[] = { 0.279505 };
static const double matmul_0_g[] = { -1.523 };
static const double matmul_0_grad0[] = { -0.945783, 0.688396, 0.252818 };
static const double matmul_0_grad1[] = { -1.006703, -0.406641, -0.094426 };
static const double matmul_1_in0[] = { 0.382, -1.028, -0.563 };
static const double matmul_1_in1[] = { -0.892, -0.058, -0.196, -0.966, 0.422, 0.267 };
static const double matmul_1_out0[] = { -0.376842, 0.820571 };
static const double matmul_1_g[] = { -0.421, -0.511 };
static const double matmul_1_grad0[] = { 0.40517, 0.576142, -0.314099 };
static const double matmul_1_grad1[] = { -0.160822, -0.195202, 0.432788, 0.525308, 0.237023, 0.287693 };
static const double matmul_2_in0[] = { -1.573, -0.123, 3.587, -1.831, 1.599, -1.277 };
static const double matmul_2_in1[] = { 0.326, -0.479, 1.379 };
static const double matmul_2_out0[] = { 4.492592, -3.12381 };
static const double matmul_2_g[] = { 2.529, 0.411 };
static const double matmul_2_grad0[] = { 0.824454, -1.211391, 3.487491, 0.133986, -0.196869, 0.566769 };
static const double matmul_2_grad1[] = { -4.730658, 0.346122, 8.546676 };
static const double matmul_3_in0[] = { -0.988, -0.908, 0.542, 0.11, -2.259, 0.607 };
static const double matmul_3_in1[] = { -0.138, 0.831, -0.248, -0.803, 0.237, 0.286, 0.69, -0.633, 0.879, -0.684, 0.453, 0.291 };
static const double matmul_3_out0[] = { 0.397566, -1.451444, -0.13597, 1.52585, -0.01701, -0.969852, -1.311019, 1.518254 };
static const double matmul_3_g[] = { -0.832, -0.553, 0.635, -0.397, -0.657, -1.643, 0.98, -0.042 };
static const double matmul_3_grad0[] = { -0.183416, 0.334109, -0.180948, -1.483981, 0.077179, 0.978027 };
static const double matmul_3_grad1[] = { 0.749746, 0.365634, -0.51958, 0.387616, 2.239619, 4.213661, -2.7904, 0.455354, -0.849743, -1.297027, 0.93903, -0.240668 };
static const double matmul_4_in0[] = { -0.821, 0.313, -1.135 };
static const double matmul_4_in1[] = { 0.377, -0.282, -2.567, -1.43, 0.501, 0.544, -0.406, 1.134, -1.112, 0.35, -0.77, -0.147 };
static const double matmul_4_out0[] = { -1.681623, -0.833508, 0.85922, -0.654619 };
static const double matmul_4_g[] = { 0.627, 1.093, 0.094, 1.238 };
static const double matmul_4_grad0[] = { 1.293881, -2.843727, 0.654353 };
static const double matmul_4_grad1[] = { -0.514767, -0.897353, 0.196251, 0.342109, -0.711645, -1.240555, -0.077174, -1.016398, 0.029422, 0.387494, -0.10669, -1.40513 };
static const double matmul_5_in0[] = { -1.346, 0.512, -0.693, -0.167, -1, -1.648, 0.81, 0.055, 1.134, -0.533, 0.659, -1.596 };
static const double matmul_5_in1[] = { -0.377, -3.102, -0.099 };
static const double matmul_5_out0[] = { -1.012175, 3.328111, -0.588246, -1.685273 };
static const double matmul_5_g[] = { -0.721, 1.271, -0.002, -1.095 };
static const double matmul_5_grad0[] = { 0.271817, 2.236542, 0.071379, -0.479167, -3.942642, -0.125829, 0.000754, 0.006204, 0.000198, 0.412815, 3.39669, 0.108405 };
static const double matmul_5_grad1[] = { 1.340224, -2.361867, 0.150397 };
static const double matmul_6_in0[] = { 0.602, 0.698, -0.801, 1.538, 1.467, 1.595, -1.528, 1.016, -0.202, -1.286, 0.823, -0.61 };
static const double matmul_6_in1[] = { -1.296, -0.943, 0.668, 1.163, -0.323, 1.878 };
static const double matmul_6_out0[] = { -0.055205, -1.26019, -1.528477, 3.251197, 2.724222, 2.243156, 2.41345, 1.024267 };
static const double matmul_6_g[] = { -0.567, 0.402, -0.115, 0.317, 0.563, 0.866, -0.353, 0.348 };
static const double matmul_6_grad0[] = { 0.355746, 0.08877, 0.938097, -0.149891, 0.291851, 0.632471, -1.546286, 1.383242, 1.444499, 0.129324, 0.16892, 0.767563 };
static const double matmul_6_grad1[] = { -0.92451, -1.041226, -0.282982, 1.911895, 0.372346, -0.203599 };
static const double matmul_7_in0[] = { 1.137, -0.334, -1.472, 0.73, -0.131, -0.637 };
static const double matmul_7_in1[] = { 1.043, 0.49, 1.032, -0.599, 1.602, -1.073, -1.217, 0.647, -0.041, -0.177, -0.5, 0.867 };
static const double matmul_7_out0[] = { -1.516941, 2.336652, -0.394276, 1.11967, -0.634035, -0.481467, -0.564539, -0.056782 };
static const double matmul_7_g[] = { -0.273, -0.461, -0.099, 0.473, 1.005, -0.287, -1.162, 0.028 };
static const double matmul_7_grad0[] = { -1.919403, 0.003997, -0.694022, 1.560783, -0.342809, -0.060851 };
static const double matmul_7_grad1[] = { -0.382671, -0.178867, 0.104151, 0.092011, 0.464919, 0.377291, 0.294425, -0.305879, -0.183448, 0.09219, -0.739166, 0.404628 };
static const double matmul_8_in0[] = { 0.565, -0.011, 0.671, -0.493, 1.505, -2.326, 1.617, -0.903, 0.174, 0.077, -0.934, 0.091 };
static const double matmul_8_in1[] = { 1.394, -0.688, -0.506, 0.192, 0.716, -0.812, -1.462, 0.233, 0.19, -0.22, 0.149, 0.01 };
static const double matmul_8_out0[] = { 1.273612, -0.935684, -3.114188, 2.516856, -2.509698, 0.577161, -0.276475, 0.224331 };
static const double matmul_8_g[] = { -0.124, 1.47, -0.395, -0.51, 1.116, -0.593, 0.909, -1.079 };
static const double matmul_8_grad0[] = { -1.184216, 0.344984, -1.282424, -0.19975, 0.10195, 0.1313, -1.769761, 0.3425, 0.160354, -1.580365, 0.41009, 0.124651 };
static const double matmul_8_grad1[] = { 0.124675, 1.08198, -0.593111, -0.78372, 0.835566, 2.17263, 1.874565, -1.041964, -1.856754, 1.543265, 0.276903, -0.201371 };
static const double matmul_9_in0[] = { -0.675, 1.408, -1.846, -0.565, -0.909, -0.489, -0.617, 0.384, 0.385, 0.789, 1.136, -0.115 };
static const double matmul_9_in1[] = { 0.381, -0.37, 1.606, -1.21, 1.425, 0.094, 0.457, 1.465, -0.282, 0.7, 0.92, 0.453, -0.643, -1.691, -0.63, 0.647, 1.405, -1.151 };
static const double matmul_9_out0[] = { -0.626477, -1.627454, -2.371944, 1.262974, -2.403851, -0.839513, -0.451747, -1.685542, -3.046645, 4.177147, 0.24892, 0.930131, 0.930252, -0.20016, 1.96115, -1.6773, -0.036057, -0.4607, -0.065579, 1.89899, 0.695736, 0.84866, -1.384582, -0.466842 };
static const double matmul_9_g[] = { -0.198, 0.526, 2.512, 1.922, 0.069, -0.71, 0.923, -2.209, 1.622, -0.259, 1.189, 0.515, 0.706, 0.398, -0.929, -0.823, 0.094, 0.797, -1.433, -0.875, 0.203, -0.761, 0.603, -0.785 };
static const double matmul_9_grad0[] = { -1.883652, -2.660339, 2.086163, -4.203834, -0.513799, 4.686531, 2.488611, 0.563391, 2.652109, -1.046489, -1.592323, -1.365172 };
static const double matmul_9_grad1[] = { -2.454213, -2.335893, -3.346432, -1.788586, -0.484215, -1.662979, -1.756705, 0.545211, -2.333647, 0.320349, -0.377736, 2.798331, -1.416119, -0.265978, 1.965935, -2.016791, -3.566823, 0.023569 };
static const double matmul_10_in0[] = { -0.399, 1.181, -0.986, 0.652, -0.598, 0.681, 0.336, -0.063, 1.101, 1.015, 0.855, 1.607, -0.08, 1.519, 1.285, -0.694, -0.078, 0.511, -2.182, -0.6, -0.191, -0.817, -1.363, 1.371 };
static const double matmul_10_in1[] = { -0.018, -0.296, -0.535 };
static const double matmul_10_out0[] = { 0.185116, -0.199063, -0.576435, -1.131095, -1.135659, -0.237805, 0.319061, -0.315331 };
static const double matmul_10_g[] = { 1.761, -1.081, -1.196, 0.273, -1.936, -1.294, -0.416, -0.223 };
static const double matmul_10_grad0[] = { -0.031698, -0.521256, -0.942135, 0.019458, 0.319976, 0.578335, 0.021528, 0.354016, 0.63986, -0.004914, -0.080808, -0.146055, 0.034848, 0.573056, 1.03576, 0.023292, 0.383024, 0.69229, 0.007488, 0.123136, 0.22256, 0.004014, 0.066008, 0.119305 };
static const double matmul_10_grad1[] = { 0.610607, 0.748639, -6.725863 };
static const double matmul_11_in0[] = { 0.216, 0.524, 0.609, 0.77, 0.702, -0.121 };
static const double matmul_11_in1[] = { -1.452, -2.231, -1.794, -0.561, -0.631, 0.099 };
static const double matmul_11_out0[] = { -2.575222, -2.467128, -0.391529, -0.886911 };
static const double matmul_11_g[] = { -0.525, -0.977, 1.005, 1.108 };
static const double matmul_11_grad0[] = { 0.198495, 0.53712, 1.041345, 0.797016, 1.480539, 1.86243 };
static const double matmul_11_grad1[] = { -0.86569, -0.960954, -0.201508, 1.07024, 1.304436, 0.477977 };
static const double matmul_12_in0[] = { 0 };
static const double matmul_12_in1[] = { 0 };
static const double matmul_12_out0[] = { 0, 0, 0, 0, 0, 0 };
static const double matmul_12_g[] = { 0.517, 0.096, 0.059, -1.414, -0.367, 1.582 };
static const double matmul_12_grad0[] = { 0 };
static const double matmul_12_grad1[] = { 0 };
static const double matmul_13_in0[] = { 0 };
static const double matmul_13_in1[] = { -0.454, 1.59, 1.572, -0.348, 0.262, -0.62 };
static const double matmul_13_out0[] = { 0 };
static const double matmul_13_g[] = { 0 };
static const double matmul_13_grad0[] = { 0 };
static const double matmul_13_grad1[] = { 0, 0, 0, 0, 0, 0 };
static const double matmul_14_in0[] = { 0 };
static const double matmul_14_in1[] = { 0 };
static const double matmul_14_out0[] = { 0 };
static const double matmul_14_g[] = { 0 };
static const double matmul_14_grad0[] = { 0 };
static const double matmul_14_grad1[] = { 0 };
static const double matmul_15_in0[] = { 0 };
static const double matmul_15_in1[] = { -0.715, 0.083, 0.298, 2.003, 0.561, -1.629 };
static const double matmul_15_out0[] = { 0 };
static const double matmul_15_g[] = { 0 };
static const double matmul_15_grad0[] = { 0 };
static const double matmul_15_grad1[] = { 0, 0, 0, 0, 0, 0 };
static const double matmul_16_in0[] = { -1.371, -1.165, -1.25, 0.416, 0.739, -0.868 };
static const double matmul_16_in1[] = { 0.587, -0.162, -1.343, 0.81, 1.042, 0.497 };
static const double matmul_16_out0[] = { -1.748427, -0.991828, 1.262248, -0.39679, 0.635972, 1.885502, -0.269287, -1.024174, -1.423873 };
static const double matmul_16_g[] = { 1.715, -1.11, 0.357, -0.337, -0.195, 1.693, -0.912, -0.197, 0.683 };
static const double matmul_16_grad0[] = { 0.707074, 0.409959, -2.439928, 0.365261, -1.420699, -0.604543 };
static const double matmul_16_grad1[] = { -2.603983, 1.619977, -2.10096, -1.346551, 1.383026, -0.304461 };
static const double matmul_17_in0[] = { 0.644, -1.535, 0.153, -0.366, 0.025, -0.081, 1.508, 1.171, 0.694, 0.849, 0.273, 0.379 };
static const double matmul_17_in1[] = { 0.048, 1.35, 0.098, -1.438, 1.807, -1.256, 1.66, -0.906, -0.587, 1.035, 0.698, 1.138 };
static const double matmul_17_out0[] = { 2.238242, -1.904345, 1.991072, 0.533652, -0.454812, 0.47469, 0.117678, -0.112617, 0.104186, 3.715265, -0.54889, 0.447402, 2.030755, -0.036162, 0.558784, 0.845445, 0.017204, 0.271051 };
static const double matmul_17_g[] = { 0.3, 0.291, -0.138, -0.304, -0.643, -0.529, 0.364, 0.357, 1.056, 0.35, -1.116, -0.071, -0.188, -0.755, 0.769, 0.353, -0.764, -0.099 };
static const double matmul_17_grad0[] = { 0.393726, 0.267765, -0.934484, -0.060325, 0.60291, -1.204669, 1.633773, -0.497516, -0.079453, 0.153552, 1.336277, -0.280579 };
static const double matmul_17_grad1[] = { 0.155788, 0.09795, -0.143409, -0.37872, -0.240264, 0.319908, 0.493697, -2.41547, 0.399591, 0.384025, -2.237387, 0.532219 };
static const double matmul_18_in0[] = { -0.495, -0.92, -1.331, -1.713, -0.272 };
static const double matmul_18_in1[] = { 1.412, 0.928, 0.331, -0.317, 0.629 };
static const double matmul_18_out0[] = { -1.621328 };
static const double matmul_18_g[] = { -2.057 };
static const double matmul_18_grad0[] = { -2.904484, -1.908896, -0.680867, 0.652069, -1.293853 };
static const double matmul_18_grad1[] = { 1.018215, 1.89244, 2.737867, 3.523641, 0.559504 };
static const double matmul_19_in0[] = { 0.684, -0.533, -0.153, -0.699, 0.49, 0.398, 0.751, 0.218, 0.729, 0.885, 0.201, 0.152 };
static const double matmul_19_in1[] = { -0.25, 2.011, 0.864, 0.61, -1.167, 1.112, 0.331, 2.997 };
static const double matmul_19_in2[] = { -0.22, -0.601 };
static const double matmul_19_out0[] = { -2.021445, -4.13747, 1.239722, 0.171673, 1.643869, 0.054452 };
static const double matmul_19_g[] = { -0.428, -0.575, -0.553, -0.595, -0.415, 0.014 };
static const double matmul_19_grad0[] = { 0.778025, -1.500108, -0.560117, -1.984355, 0.832615, -1.773723, -0.674737, -2.120545, 0.087412, -0.818997, -0.353926, -0.211192 };
static const double matmul_19_grad1[] = { -0.866257, -0.359245, -0.433234, 0.115538, -0.674644, 0.082055, -0.356056, 0.274343 };
static const double matmul_19_grad2[] = { -1.396, -1.156 };
static const double matmul_20_in0[] = { 0.397, -0.023, 0.212, -0.113, -0.126, 1.564, 0.621, -0.011, 0.524, -0.832, 0.898, 1.575 };
static const double matmul_20_in1[] = { 0.443, -0.394, -0.51, -0.523, 0.726, -1.114, -1.626, 0.597 };
static const double matmul_20_out0[] = { 0.135912, -0.098329, -0.982991, -2.850085, -0.721765, 0.787399 };
static const double matmul_20_g[] = { 0.413, 0.38, 0.633, 1.799, -1.177, 1.351 };
static const double matmul_20_grad0[] = { 0.458839, -0.586042, -0.82851, 0.010861, 1.586493, -2.253488, -3.248004, 0.742944, 0.459415, -1.041276, -1.596456, 1.422118 };
static const double matmul_20_grad1[] = { -0.532545, 1.959777, -0.576297, -1.907407, 0.63211, 1.680864, 2.410937, 2.065096 };
static const double matmul_21_in0[] = { -1.301, 0.712, -0.924, 0.589 };
static const double matmul_21_in1[] = { -0.174, -0.621, -1.423, -0.817, 0.635, 1.053, 1.245, -1.875 };
static const double matmul_21_in2[] = { -0.107, 0.198 };
static const double matmul_21_out0[] = { 0.510861, -2.133154 };
static const double matmul_21_g[] = { 0.43, -0.365 };
static const double matmul_21_grad0[] = { -0.306595, -0.651375, -1.066315, 0.333065 };
static const double matmul_21_grad1[] = { -0.55943, 0.30616, -0.39732, 0.25327, 0.474865, -0.25988, 0.33726, -0.214985 };
static const double matmul_21_grad2[] = { 0.43, -0.365 };
static const double matmul_22_in0[] = { -0.708, 0.264, 1.61, 0.007, -0.713, -1.173, 0.834, 0.472, 1.761, -0.637, 0.428, -0.826 };
static const double matmul_22_in1[] = { 0.579, -0.555, 0.462, -0.899, 0.348, -0.965 };
static const double matmul_22_in2[] = { -1.256, -1.638 };
static const double matmul_22_out0[] = { -1.068632, -2.463286, -1.398158, -0.760472, -0.221492, -3.922875, -2.243975, -0.119303 };
static const double matmul_22_g[] = { 1.242, 1.698, -0.245, -0.026, -0.21, 1.75, 1.308, 0.328 };
static const double matmul_22_grad0[] = { -0.807384, -0.098406, -1.064766, -0.118481, 0.126927, -0.0881, -1.69484, 0.72555, -1.78577, 0.46246, -0.611796, 0.287776 };
static const double matmul_22_grad1[] = { -1.889387, 0.963277, 0.836787, 0.048198, 1.433194, 5.5751 };
static const double matmul_22_grad2[] = { 2.095, 3.75 };
static const double matmul_23_in0[] = { -1.34, -0.577, 2.055, -1.43, 0.059, -0.715, 0.009, -1.703, 0.772, -0.344, 0.749, -0.223 };
static const double matmul_23_in1[] = { 0.283, 0.031, -1.087 };
static const double matmul_23_in2[] = { -2.103 };
static const double matmul_23_out0[] = { -4.733892, -1.728656, -2.99241, -1.934732 };
static const double matmul_23_g[] = { 2.793, 0.312, -0.049, -0.057 };
static const double matmul_23_grad0[] = { 0.790419, 0.086583, -3.035991, 0.088296, 0.009672, -0.339144, -0.013867, -0.001519, 0.053263, -0.016131, -0.001767, 0.061959 };
static const double matmul_23_grad1[] = { -4.169613, -1.552399, 5.491418 };
static const double matmul_23_grad2[] = { 2.999 };
static const double matmul_24_in0[] = { 0 };
static const double matmul_24_in1[] = { -0.01, 0.295, -0.246, 2.279, 0.371, -0.174 };
static const double matmul_24_in2[] = { 1.138, -1.432 };
static const double matmul_24_out0[] = { 0 };
static const double matmul_24_g[] = { 0 };
static const double matmul_24_grad0[] = { 0 };
static const double matmul_24_grad1[] = { 0, 0, 0, 0, 0, 0 };
static const double matmul_24_grad2[] = { 0, 0 };
static const double matmul_25_in0[] = { 0.262, 1.297, 1.082, 0.408, -0.94, -1.32, 1.6, 1.315, -0.612, -0.942, -0.167, -1.699 };
static const double matmul_25_in1[] = { -2.072, 1.56, -0.508, -1.653, -0.091, -1.068, -0.473, -0.039 };
static const double matmul_25_in2[] = { -0.006, -0.11 };
static const double matmul_25_out0[] = { -0.456162, -2.047766, -2.256538, 2.069233, -0.718025, 4.479757 };
static const double matmul_25_g[] = { 0.142, 0.245, -0.624, -0.792, 1.238, 0.884 };
static const double matmul_25_grad0[] = { 0.087976, 0.057408, -1.186096, -0.477121, 1.626168, -2.090156, -0.274582, 0.90264, -1.05677, -0.076721, 0.32604, -0.62005 };
static const double matmul_25_grad1[] = { 0.567392, -0.006546, -0.989664, -0.32244, -1.351016, -1.190488, -2.132918, -1.600442 };
static const double matmul_25_grad2[] = { 0.756, 0.337 };
static const golden golden_matmul[] = {
    { .name = "matmul 1x1", .in = { { 'f', 1, { 3 }, matmul_0_in0 }, { 'f', 1, { 3 }, matmul_0_in1 } },
      .out = { { 'f', 0, { 0 }, matmul_0_out0 } },
      .grad_out = { 'f', 0, { 0 }, matmul_0_g },
      .grad_in = { { 'f', 1, { 3 }, matmul_0_grad0 }, { 'f', 1, { 3 }, matmul_0_grad1 } } },
    { .name = "matmul 1x2", .in = { { 'f', 1, { 3 }, matmul_1_in0 }, { 'f', 2, { 3, 2 }, matmul_1_in1 } },
      .out = { { 'f', 1, { 2 }, matmul_1_out0 } },
      .grad_out = { 'f', 1, { 2 }, matmul_1_g },
      .grad_in = { { 'f', 1, { 3 }, matmul_1_grad0 }, { 'f', 2, { 3, 2 }, matmul_1_grad1 } } },
    { .name = "matmul 2x1", .in = { { 'f', 2, { 2, 3 }, matmul_2_in0 }, { 'f', 1, { 3 }, matmul_2_in1 } },
      .out = { { 'f', 1, { 2 }, matmul_2_out0 } },
      .grad_out = { 'f', 1, { 2 }, matmul_2_g },
      .grad_in = { { 'f', 2, { 2, 3 }, matmul_2_grad0 }, { 'f', 1, { 3 }, matmul_2_grad1 } } },
    { .name = "matmul 2x2", .in = { { 'f', 2, { 2, 3 }, matmul_3_in0 }, { 'f', 2, { 3, 4 }, matmul_3_in1 } },
      .out = { { 'f', 2, { 2, 4 }, matmul_3_out0 } },
      .grad_out = { 'f', 2, { 2, 4 }, matmul_3_g },
      .grad_in = { { 'f', 2, { 2, 3 }, matmul_3_grad0 }, { 'f', 2, { 3, 4 }, matmul_3_grad1 } } },
    { .name = "matmul 1x3", .in = { { 'f', 1, { 3 }, matmul_4_in0 }, { 'f', 3, { 2, 3, 2 }, matmul_4_in1 } },
      .out = { { 'f', 2, { 2, 2 }, matmul_4_out0 } },
      .grad_out = { 'f', 2, { 2, 2 }, matmul_4_g },
      .grad_in = { { 'f', 1, { 3 }, matmul_4_grad0 }, { 'f', 3, { 2, 3, 2 }, matmul_4_grad1 } } },
    { .name = "matmul 3x1", .in = { { 'f', 3, { 2, 2, 3 }, matmul_5_in0 }, { 'f', 1, { 3 }, matmul_5_in1 } },
      .out = { { 'f', 2, { 2, 2 }, matmul_5_out0 } },
      .grad_out = { 'f', 2, { 2, 2 }, matmul_5_g },
      .grad_in = { { 'f', 3, { 2, 2, 3 }, matmul_5_grad0 }, { 'f', 1, { 3 }, matmul_5_grad1 } } },
    { .name = "matmul 3x2", .in = { { 'f', 3, { 2, 2, 3 }, matmul_6_in0 }, { 'f', 2, { 3, 2 }, matmul_6_in1 } },
      .out = { { 'f', 3, { 2, 2, 2 }, matmul_6_out0 } },
      .grad_out = { 'f', 3, { 2, 2, 2 }, matmul_6_g },
      .grad_in = { { 'f', 3, { 2, 2, 3 }, matmul_6_grad0 }, { 'f', 2, { 3, 2 }, matmul_6_grad1 } } },
    { .name = "matmul 2x3", .in = { { 'f', 2, { 2, 3 }, matmul_7_in0 }, { 'f', 3, { 2, 3, 2 }, matmul_7_in1 } },
      .out = { { 'f', 3, { 2, 2, 2 }, matmul_7_out0 } },
      .grad_out = { 'f', 3, { 2, 2, 2 }, matmul_7_g },
      .grad_in = { { 'f', 2, { 2, 3 }, matmul_7_grad0 }, { 'f', 3, { 2, 3, 2 }, matmul_7_grad1 } } },
    { .name = "matmul 3x3", .in = { { 'f', 3, { 2, 2, 3 }, matmul_8_in0 }, { 'f', 3, { 2, 3, 2 }, matmul_8_in1 } },
      .out = { { 'f', 3, { 2, 2, 2 }, matmul_8_out0 } },
      .grad_out = { 'f', 3, { 2, 2, 2 }, matmul_8_g },
      .grad_in = { { 'f', 3, { 2, 2, 3 }, matmul_8_grad0 }, { 'f', 3, { 2, 3, 2 }, matmul_8_grad1 } } },
    { .name = "matmul broadcast", .in = { { 'f', 4, { 2, 1, 2, 3 }, matmul_9_in0 }, { 'f', 3, { 3, 3, 2 }, matmul_9_in1 } },
      .out = { { 'f', 4, { 2, 3, 2, 2 }, matmul_9_out0 } },
      .grad_out = { 'f', 4, { 2, 3, 2, 2 }, matmul_9_g },
      .grad_in = { { 'f', 4, { 2, 1, 2, 3 }, matmul_9_grad0 }, { 'f', 3, { 3, 3, 2 }, matmul_9_grad1 } } },
    { .name = "matmul 4x1", .in = { { 'f', 4, { 2, 2, 2, 3 }, matmul_10_in0 }, { 'f', 1, { 3 }, matmul_10_in1 } },
      .out = { { 'f', 3, { 2, 2, 2 }, matmul_10_out0 } },
      .grad_out = { 'f', 3, { 2, 2, 2 }, matmul_10_g },
      .grad_in = { { 'f', 4, { 2, 2, 2, 3 }, matmul_10_grad0 }, { 'f', 1, { 3 }, matmul_10_grad1 } } },
    { .name = "matmul batch of one", .in = { { 'f', 3, { 1, 2, 3 }, matmul_11_in0 }, { 'f', 3, { 2, 3, 1 }, matmul_11_in1 } },
      .out = { { 'f', 3, { 2, 2, 1 }, matmul_11_out0 } },
      .grad_out = { 'f', 3, { 2, 2, 1 }, matmul_11_g },
      .grad_in = { { 'f', 3, { 1, 2, 3 }, matmul_11_grad0 }, { 'f', 3, { 2, 3, 1 }, matmul_11_grad1 } } },
    { .name = "matmul inner zero", .in = { { 'f', 2, { 2, 0 }, matmul_12_in0 }, { 'f', 2, { 0, 3 }, matmul_12_in1 } },
      .out = { { 'f', 2, { 2, 3 }, matmul_12_out0 } },
      .grad_out = { 'f', 2, { 2, 3 }, matmul_12_g },
      .grad_in = { { 'f', 2, { 2, 0 }, matmul_12_grad0 }, { 'f', 2, { 0, 3 }, matmul_12_grad1 } } },
    { .name = "matmul rows zero", .in = { { 'f', 2, { 0, 3 }, matmul_13_in0 }, { 'f', 2, { 3, 2 }, matmul_13_in1 } },
      .out = { { 'f', 2, { 0, 2 }, matmul_13_out0 } },
      .grad_out = { 'f', 2, { 0, 2 }, matmul_13_g },
      .grad_in = { { 'f', 2, { 0, 3 }, matmul_13_grad0 }, { 'f', 2, { 3, 2 }, matmul_13_grad1 } } },
    { .name = "matmul batch zero", .in = { { 'f', 3, { 0, 2, 3 }, matmul_14_in0 }, { 'f', 3, { 0, 3, 2 }, matmul_14_in1 } },
      .out = { { 'f', 3, { 0, 2, 2 }, matmul_14_out0 } },
      .grad_out = { 'f', 3, { 0, 2, 2 }, matmul_14_g },
      .grad_in = { { 'f', 3, { 0, 2, 3 }, matmul_14_grad0 }, { 'f', 3, { 0, 3, 2 }, matmul_14_grad1 } } },
    { .name = "matmul batch zero, matrix", .in = { { 'f', 3, { 0, 2, 3 }, matmul_15_in0 }, { 'f', 2, { 3, 2 }, matmul_15_in1 } },
      .out = { { 'f', 3, { 0, 2, 2 }, matmul_15_out0 } },
      .grad_out = { 'f', 3, { 0, 2, 2 }, matmul_15_g },
      .grad_in = { { 'f', 3, { 0, 2, 3 }, matmul_15_grad0 }, { 'f', 2, { 3, 2 }, matmul_15_grad1 } } },
    { .name = "mm", .in = { { 'f', 2, { 3, 2 }, matmul_16_in0 }, { 'f', 2, { 2, 3 }, matmul_16_in1 } },
      .out = { { 'f', 2, { 3, 3 }, matmul_16_out0 } },
      .grad_out = { 'f', 2, { 3, 3 }, matmul_16_g },
      .grad_in = { { 'f', 2, { 3, 2 }, matmul_16_grad0 }, { 'f', 2, { 2, 3 }, matmul_16_grad1 } } },
    { .name = "bmm", .in = { { 'f', 3, { 2, 3, 2 }, matmul_17_in0 }, { 'f', 3, { 2, 2, 3 }, matmul_17_in1 } },
      .out = { { 'f', 3, { 2, 3, 3 }, matmul_17_out0 } },
      .grad_out = { 'f', 3, { 2, 3, 3 }, matmul_17_g },
      .grad_in = { { 'f', 3, { 2, 3, 2 }, matmul_17_grad0 }, { 'f', 3, { 2, 2, 3 }, matmul_17_grad1 } } },
    { .name = "dot", .in = { { 'f', 1, { 5 }, matmul_18_in0 }, { 'f', 1, { 5 }, matmul_18_in1 } },
      .out = { { 'f', 0, { 0 }, matmul_18_out0 } },
      .grad_out = { 'f', 0, { 0 }, matmul_18_g },
      .grad_in = { { 'f', 1, { 5 }, matmul_18_grad0 }, { 'f', 1, { 5 }, matmul_18_grad1 } } },
    { .name = "linear", .in = { { 'f', 2, { 3, 4 }, matmul_19_in0 }, { 'f', 2, { 2, 4 }, matmul_19_in1 }, { 'f', 1, { 2 }, matmul_19_in2 } },
      .out = { { 'f', 2, { 3, 2 }, matmul_19_out0 } },
      .grad_out = { 'f', 2, { 3, 2 }, matmul_19_g },
      .grad_in = { { 'f', 2, { 3, 4 }, matmul_19_grad0 }, { 'f', 2, { 2, 4 }, matmul_19_grad1 }, { 'f', 1, { 2 }, matmul_19_grad2 } } },
    { .name = "linear without bias", .in = { { 'f', 2, { 3, 4 }, matmul_20_in0 }, { 'f', 2, { 2, 4 }, matmul_20_in1 }, { 0 } },
      .out = { { 'f', 2, { 3, 2 }, matmul_20_out0 } },
      .grad_out = { 'f', 2, { 3, 2 }, matmul_20_g },
      .grad_in = { { 'f', 2, { 3, 4 }, matmul_20_grad0 }, { 'f', 2, { 2, 4 }, matmul_20_grad1 }, { 0 } } },
    { .name = "linear of a vector", .in = { { 'f', 1, { 4 }, matmul_21_in0 }, { 'f', 2, { 2, 4 }, matmul_21_in1 }, { 'f', 1, { 2 }, matmul_21_in2 } },
      .out = { { 'f', 1, { 2 }, matmul_21_out0 } },
      .grad_out = { 'f', 1, { 2 }, matmul_21_g },
      .grad_in = { { 'f', 1, { 4 }, matmul_21_grad0 }, { 'f', 2, { 2, 4 }, matmul_21_grad1 }, { 'f', 1, { 2 }, matmul_21_grad2 } } },
    { .name = "linear of a batch of matrices", .in = { { 'f', 3, { 2, 2, 3 }, matmul_22_in0 }, { 'f', 2, { 2, 3 }, matmul_22_in1 }, { 'f', 1, { 2 }, matmul_22_in2 } },
      .out = { { 'f', 3, { 2, 2, 2 }, matmul_22_out0 } },
      .grad_out = { 'f', 3, { 2, 2, 2 }, matmul_22_g },
      .grad_in = { { 'f', 3, { 2, 2, 3 }, matmul_22_grad0 }, { 'f', 2, { 2, 3 }, matmul_22_grad1 }, { 'f', 1, { 2 }, matmul_22_grad2 } } },
    { .name = "linear to numbers", .in = { { 'f', 3, { 2, 2, 3 }, matmul_23_in0 }, { 'f', 1, { 3 }, matmul_23_in1 }, { 'f', 0, { 0 }, matmul_23_in2 } },
      .out = { { 'f', 2, { 2, 2 }, matmul_23_out0 } },
      .grad_out = { 'f', 2, { 2, 2 }, matmul_23_g },
      .grad_in = { { 'f', 3, { 2, 2, 3 }, matmul_23_grad0 }, { 'f', 1, { 3 }, matmul_23_grad1 }, { 'f', 0, { 0 }, matmul_23_grad2 } } },
    { .name = "linear of nothing", .in = { { 'f', 2, { 0, 3 }, matmul_24_in0 }, { 'f', 2, { 2, 3 }, matmul_24_in1 }, { 'f', 1, { 2 }, matmul_24_in2 } },
      .out = { { 'f', 2, { 0, 2 }, matmul_24_out0 } },
      .grad_out = { 'f', 2, { 0, 2 }, matmul_24_g },
      .grad_in = { { 'f', 2, { 0, 3 }, matmul_24_grad0 }, { 'f', 2, { 2, 3 }, matmul_24_grad1 }, { 'f', 1, { 2 }, matmul_24_grad2 } } },
    { .name = "linear of strided", .in = { { 'f', 2, { 4, 3 }, matmul_25_in0 }, { 'f', 2, { 4, 2 }, matmul_25_in1 }, { 'f', 1, { 2 }, matmul_25_in2 } },
      .out = { { 'f', 2, { 3, 2 }, matmul_25_out0 } },
      .grad_out = { 'f', 2, { 3, 2 }, matmul_25_g },
      .grad_in = { { 'f', 2, { 4, 3 }, matmul_25_grad0 }, { 'f', 2, { 4, 2 }, matmul_25_grad1 }, { 'f', 1, { 2 }, matmul_25_grad2 } } },
};
/* clang-format on */
