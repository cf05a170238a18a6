/* losses.h: what the loss families share.  A loss is a module with two inputs, prediction and target. */
#ifndef CPLUG_LOSSES_H
#define CPLUG_LOSSES_H
#define CPLUG_PLUGIN_BUILD
#include <cplug/cplug.h>
#include <math.h>

extern const cplug_module_type loss_mse, loss_l1, loss_smooth_l1, loss_cross_entropy, loss_nll, loss_bce, loss_bce_with_logits;

/* The choices' places are CPLUG_REDUCTION_NONE, _MEAN, _SUM. */
#define REDUCTION(type_)                                                                                                                   \
    {                                                                                                                                      \
        "reduction", "what becomes of the single losses", CPLUG_OPT_CHOICE, 0, offsetof(type_, reduction), "mean", 0, 0, "none|mean|sum",  \
            NULL, 0, 0                                                                                                                     \
    }

/* Declares a buffer that holds a list option, absent when the list is empty: it moves with the module, as PyTorch's does. */
cplug_status declare_list(cplug_module *m, const char *name, cplug_floats list);
cplug_status loss_result(cplug_module *m, cplug_tensor *loss, cplug_tensor **out);
#endif
