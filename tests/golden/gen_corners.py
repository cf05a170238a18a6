"""Golden numbers of corners where a plain reading of an op goes wrong, from PyTorch: writes golden_corners.h beside itself.
Cases are as in gen_ops2.py; names are C identifiers, which the test pairs with a call.  Run with a Python that has torch.
"""
import itertools
import sys

sys.dont_write_bytecode = True
import torch
import torch.nn.functional as F
from gen_ops2 import Header, prob, rand

nan, inf = float("nan"), float("inf")


def columns(*values):
    """All combinations of the values, as three vectors."""
    return [torch.tensor(c, dtype=torch.float64) for c in zip(*itertools.product(values, repeat=3))]


def corners():
    h = Header("corners", 21)
    h.add("clamp_crossing", torch.clamp, columns(nan, -1.0, 0.0, 1.0))
    h.add("sum_number", lambda t: t.sum(0), [rand()])
    h.add("prod_nothing", lambda t: t.prod(0), [rand(0, 2)])
    h.add("mean_nothing", lambda t: t.mean(0), [rand(0, 2)])
    h.add("mse_nothing", F.mse_loss, [rand(0, 2), rand(0, 2)])
    h.add("round_left", lambda t: torch.round(t, decimals=-1), [torch.tensor([-14.0, 6.0, 26.0])], grads=())
    h.add("round_right", lambda t: torch.round(t, decimals=2), [torch.tensor([-1.236, 0.754, 2.0])], grads=())
    h.add("max_pool2d_small", lambda t: F.max_pool2d(t, 3, ceil_mode=True, return_indices=True), [rand(1, 1, 2, 4)])
    h.add("avg_pool2d_small", lambda t: F.avg_pool2d(t, 3, ceil_mode=True), [rand(1, 1, 2, 4)])
    h.add("max_pool2d_nans", lambda t: F.max_pool2d(t, 2, return_indices=True), [torch.tensor([[[[nan, 1.0, 2.0, nan], [5.0, nan, inf, 3.0]]]])])
    h.add("bce_logits_infinite", lambda x, t: F.binary_cross_entropy_with_logits(x, t, reduction="none"), [torch.tensor([inf, 90.0, -90.0]), prob(3)], grads=(0,))
    h.add("bce_logits_zero", lambda x, t, p: F.binary_cross_entropy_with_logits(x, t, pos_weight=p, reduction="sum"), [torch.zeros(2), prob(2), prob(2)], grads=(0, 1))
    h.write()


if __name__ == "__main__":
    corners()
