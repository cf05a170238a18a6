"""Golden numbers of matrix, convolution, normalisation and loss ops, from PyTorch: writes golden_{matmul,conv,norm,loss}.h beside itself.

Each case: inputs, a function, which inputs get gradients (all float ones unless told otherwise), results, a gradient of the first result
and the gradients that follow from it; all in f64.  Run with a Python that has torch.
"""
import os
import sys
import torch
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
torch.set_default_dtype(torch.float64)


def rand(*shape):
    return (torch.randn(shape) * 1000).round() / 1000


def prob(*shape):
    return (torch.rand(shape) * 900 + 50).round() / 1000


class Header:
    def __init__(self, name, seed):
        self.name, self.arrays, self.cases = name, [], []
        torch.manual_seed(seed)

    def tensor(self, t, label):
        if t is None:
            return "{ 0 }"
        kind = "f" if t.is_floating_point() else "i"
        values = t.detach().reshape(-1).tolist()
        text = ", ".join("%.13g" % v if v == v and abs(v) != float("inf") else ("NAN" if v != v else "%sINFINITY" % ("-" if v < 0 else "")) for v in values)
        self.arrays.append("static const double %s[] = { %s };" % (label, text or "0"))
        shape = ", ".join(str(s) for s in t.shape) or "0"
        return "{ '%s', %d, { %s }, %s }" % (kind, t.dim(), shape, label)

    def add(self, name, function, inputs, grads=None):
        index = len(self.cases)
        inputs = [None if t is None else t.clone() for t in inputs]
        given = [None if t is None else t.clone() for t in inputs]
        wanted = [i for i, t in enumerate(inputs) if t is not None and t.is_floating_point() and (grads is None or i in grads)]
        for i in wanted:
            inputs[i].requires_grad_()
        out = function(*inputs)
        out = out if isinstance(out, tuple) else (out,)
        gradient, found = None, {}
        if wanted:
            gradient = rand(*out[0].shape)
            found = dict(zip(wanted, torch.autograd.grad(out[0], [inputs[i] for i in wanted], gradient)))
        label = "%s_%d_" % (self.name, index)
        parts = [
            ".in = { %s }" % ", ".join(self.tensor(t, label + "in%d" % i) for i, t in enumerate(given)),
            ".out = { %s }" % ", ".join(self.tensor(t, label + "out%d" % i) for i, t in enumerate(out)),
        ]
        if wanted:
            parts.append(".grad_out = %s" % self.tensor(gradient, label + "g"))
            parts.append(".grad_in = { %s }" % ", ".join(self.tensor(found.get(i), label + "grad%d" % i) for i in range(len(inputs))))
        self.cases.append('    { .name = "%s", %s },' % (name, ",\n      ".join(parts)))

    def write(self):
        with open(os.path.join(HERE, "golden_%s.h" % self.name), "w") as f:
            f.write("/* Written by %s with PyTorch %s; do not edit. */\n/* clang-format off */\n" % (os.path.basename(sys.argv[0]), torch.__version__.split("+")[0]))
            f.write("\n".join(self.arrays) + "\nstatic const golden golden_%s[] = {\n" % self.name)
            f.write("\n".join(self.cases) + "\n};\n/* clang-format on */\n")


def matmul():
    h = Header("matmul", 1)
    mm = torch.matmul
    for name, a, b in [
        ("1x1", (3,), (3,)), ("1x2", (3,), (3, 2)), ("2x1", (2, 3), (3,)), ("2x2", (2, 3), (3, 4)), ("1x3", (3,), (2, 3, 2)), ("3x1", (2, 2, 3), (3,)),
        ("3x2", (2, 2, 3), (3, 2)), ("2x3", (2, 3), (2, 3, 2)), ("3x3", (2, 2, 3), (2, 3, 2)), ("broadcast", (2, 1, 2, 3), (3, 3, 2)),
        ("4x1", (2, 2, 2, 3), (3,)), ("batch of one", (1, 2, 3), (2, 3, 1)),
        ("inner zero", (2, 0), (0, 3)), ("rows zero", (0, 3), (3, 2)), ("batch zero", (0, 2, 3), (0, 3, 2)), ("batch zero, matrix", (0, 2, 3), (3, 2)),
    ]:
        h.add("matmul " + name, mm, [rand(*a), rand(*b)])
    h.add("mm", torch.mm, [rand(3, 2), rand(2, 3)])
    h.add("bmm", torch.bmm, [rand(2, 3, 2), rand(2, 2, 3)])
    h.add("dot", torch.dot, [rand(5), rand(5)])
    h.add("linear", F.linear, [rand(3, 4), rand(2, 4), rand(2)])
    h.add("linear without bias", F.linear, [rand(3, 4), rand(2, 4), None])
    h.add("linear of a vector", F.linear, [rand(4), rand(2, 4), rand(2)])
    h.add("linear of a batch of matrices", F.linear, [rand(2, 2, 3), rand(2, 3), rand(2)])
    h.add("linear to numbers", lambda x, w, b: F.linear(x, w) + b, [rand(2, 2, 3), rand(3), rand()])
    h.add("linear of nothing", F.linear, [rand(0, 3), rand(2, 3), rand(2)])
    h.add("linear of strided", lambda x, w, b: F.linear(x.t(), w.t(), b), [rand(4, 3), rand(4, 2), rand(2)])
    h.write()


def conv():
    h = Header("conv", 2)
    c = F.conv2d
    h.add("conv2d", c, [rand(2, 2, 4, 5), rand(3, 2, 3, 2), rand(3)])
    h.add("conv2d without bias", c, [rand(1, 2, 3, 3), rand(2, 2, 2, 2), None])
    h.add("conv2d stride", lambda *a: c(*a, stride=(2, 1), padding=(1, 2)), [rand(1, 2, 5, 4), rand(2, 2, 3, 3), rand(2)])
    h.add("conv2d dilation", lambda *a: c(*a, dilation=(2, 1), padding=1), [rand(1, 1, 5, 4), rand(2, 1, 2, 3), rand(2)])
    h.add("conv2d groups", lambda *a: c(*a, groups=2, padding=1), [rand(2, 4, 3, 3), rand(4, 2, 3, 3), rand(4)])
    h.add("conv2d depthwise", lambda *a: c(*a, groups=3), [rand(1, 3, 4, 4), rand(6, 1, 2, 2), rand(6)])
    h.add("conv2d unbatched", c, [rand(2, 4, 4), rand(2, 2, 3, 3), rand(2)])
    h.add("conv2d of no images", c, [rand(0, 2, 4, 4), rand(2, 2, 3, 3), rand(2)])
    h.add("conv2d whole image", c, [rand(2, 2, 2, 3), rand(3, 2, 2, 3), rand(3)])
    h.add("unfold", lambda x: F.unfold(x, (2, 3), dilation=(1, 2), padding=(1, 1), stride=(2, 1)), [rand(1, 2, 4, 5)])
    h.add("unfold unbatched", lambda x: F.unfold(x, 2), [rand(2, 3, 3)])
    h.add("fold", lambda x: F.fold(x, (4, 5), (2, 2), padding=(1, 0), stride=(1, 2)), [rand(1, 8, 10)])
    h.add("fold unbatched", lambda x: F.fold(x, (3, 3), (2, 2)), [rand(4, 4)])

    def mp(**k):
        return lambda x: F.max_pool2d(x, return_indices=True, **k)
    h.add("max_pool2d", mp(kernel_size=2), [rand(2, 2, 4, 5)])
    h.add("max_pool2d overlapping", mp(kernel_size=3, stride=(2, 1), padding=1), [rand(1, 2, 5, 4)])
    h.add("max_pool2d ceil", mp(kernel_size=(2, 3), stride=2, padding=(0, 1), ceil_mode=True), [rand(1, 1, 5, 6)])
    h.add("max_pool2d dilation", mp(kernel_size=2, stride=1, dilation=2), [rand(1, 2, 4, 5)])
    h.add("max_pool2d ties", mp(kernel_size=2, stride=1, padding=1), [torch.tensor([[[[1., 1, 0], [1, 1, 2], [2, 2, 2]]]])])
    h.add("max_pool2d of -inf", mp(kernel_size=2, padding=1), [torch.full((1, 1, 3, 3), -float("inf"))])
    h.add("max_pool2d unbatched", mp(kernel_size=2), [rand(2, 4, 4)])
    h.add("max_pool2d of no images", mp(kernel_size=2), [rand(0, 2, 4, 4)])

    def ap(**k):
        return lambda x: F.avg_pool2d(x, **k)
    h.add("avg_pool2d", ap(kernel_size=2), [rand(2, 2, 4, 5)])
    h.add("avg_pool2d padded", ap(kernel_size=3, stride=2, padding=1), [rand(1, 2, 5, 4)])
    h.add("avg_pool2d without padding counted", ap(kernel_size=3, stride=2, padding=1, count_include_pad=False), [rand(1, 2, 5, 4)])
    h.add("avg_pool2d ceil", ap(kernel_size=3, stride=2, padding=1, ceil_mode=True), [rand(1, 1, 6, 4)])
    h.add("avg_pool2d ceil without padding counted", ap(kernel_size=(2, 3), stride=(3, 2), padding=(1, 1), ceil_mode=True, count_include_pad=False), [rand(1, 1, 6, 4)])
    h.add("avg_pool2d divisor", ap(kernel_size=2, stride=1, padding=1, divisor_override=3), [rand(1, 1, 3, 3)])
    h.add("avg_pool2d unbatched", ap(kernel_size=(1, 2)), [rand(2, 2, 4)])
    h.write()


def norm():
    h = Header("norm", 3)
    h.add("softmax", lambda x: F.softmax(x, 1), [rand(3, 4)])
    h.add("softmax dim 0", lambda x: F.softmax(x, 0), [rand(3, 2, 2)])
    h.add("softmax of a number", lambda x: F.softmax(x, 0), [rand()])
    h.add("softmax large", lambda x: F.softmax(x, -1), [torch.tensor([[1000., 999, -1000], [-1e4, -1e4, -1e4]])])
    h.add("softmax infinite", lambda x: F.softmax(x, -1), [torch.tensor([[0., -float("inf"), 1]])])
    h.add("softmax of nothing", lambda x: F.softmax(x, 1), [rand(2, 0)])
    h.add("log_softmax", lambda x: F.log_softmax(x, 1), [rand(3, 4)])
    h.add("log_softmax dim -2", lambda x: F.log_softmax(x, -2), [rand(2, 3, 2)])
    h.add("log_softmax large", lambda x: F.log_softmax(x, -1), [torch.tensor([[1000., 999, -1000]])])

    def bn(training, momentum=0.1, eps=1e-5):
        def f(x, w, b, mean, var):
            return F.batch_norm(x, mean, var, w, b, training, momentum, eps)
        return f
    h.add("batch_norm training", bn(True), [rand(4, 3, 2, 2), rand(3), rand(3), None, None])
    h.add("batch_norm 2-d", bn(True, eps=1e-3), [rand(5, 2), rand(2), rand(2), None, None])
    h.add("batch_norm plain", bn(True), [rand(3, 2, 3), None, None, None, None])
    h.add("batch_norm weight only", bn(True), [rand(3, 2, 3), rand(2), None, None, None])
    h.add("batch_norm eval", bn(False), [rand(2, 3, 2, 2), rand(3), rand(3), rand(3), prob(3)], grads=(0, 1, 2))
    h.add("batch_norm eval plain", bn(False), [rand(2, 3), None, None, rand(3), prob(3)], grads=(0,))
    h.add("batch_norm of nothing", bn(True), [rand(0, 3, 2), rand(3), rand(3), None, None])

    def running(x, mean, var):
        F.batch_norm(x, mean, var, None, None, True, 0.3)
        return mean, var
    h.add("running statistics", running, [rand(4, 3, 2), rand(3), prob(3)], grads=())
    h.write()


def loss():
    h = Header("loss", 4)
    for name, f in [("mse_loss", F.mse_loss), ("l1_loss", F.l1_loss), ("smooth_l1_loss", F.smooth_l1_loss)]:
        for r in ["none", "mean", "sum"]:
            h.add("%s %s" % (name, r), lambda x, t: f(x, t, reduction=r), [rand(2, 3), rand(2, 3)])
    h.add("smooth_l1_loss beta", lambda x, t: F.smooth_l1_loss(x, t, beta=0.5), [rand(2, 3), rand(2, 3)])
    h.add("smooth_l1_loss beta 0", lambda x, t: F.smooth_l1_loss(x, t, beta=0.0), [rand(2, 3), rand(2, 3)])
    h.add("mse_loss broadcast", lambda x, t: F.mse_loss(x, t.expand(2, 3)), [rand(2, 3), rand(3)])
    h.add("mse_loss of nothing", lambda x, t: F.mse_loss(x, t), [rand(0, 3), rand(0, 3)])

    bce, logits = F.binary_cross_entropy, F.binary_cross_entropy_with_logits
    for r in ["none", "mean", "sum"]:
        h.add("bce " + r, lambda x, t: bce(x, t, reduction=r), [prob(2, 3), prob(2, 3)], grads=(0,))
        h.add("bce_with_logits " + r, lambda x, t: logits(x, t, reduction=r), [rand(2, 3), prob(2, 3)])
    h.add("bce weight", lambda x, t, w: bce(x, t, w), [prob(2, 3), prob(2, 3), prob(3)], grads=(0,))
    h.add("bce limits", lambda x, t: bce(x, t, reduction="none"), [torch.tensor([0., 1, 0, 1]), torch.tensor([0., 1, 1, 0])], grads=(0,))
    h.add("bce_with_logits weights", lambda x, t, w, p: logits(x, t, w, pos_weight=p), [rand(2, 3), prob(2, 3), prob(2, 3), prob(3)], grads=(0, 1))
    h.add("bce_with_logits large", lambda x, t: logits(x, t, reduction="none"), [torch.tensor([100., -100, 800, -800]), torch.tensor([0., 0, 1, 1])], grads=(0,))

    t5, weight = torch.tensor([0, 3, 2, 3, 1]), prob(4)
    for r in ["none", "mean", "sum"]:
        h.add("nll_loss " + r, lambda x, t: F.nll_loss(x, t, reduction=r), [rand(5, 4), t5])
        h.add("nll_loss weight " + r, lambda x, t, w: F.nll_loss(x, t, w, ignore_index=3, reduction=r), [rand(5, 4), t5, weight], grads=(0,))
    h.add("nll_loss one", lambda x, t: F.nll_loss(x, t), [rand(4), torch.tensor(2)])
    h.add("nll_loss images", lambda x, t: F.nll_loss(x, t, ignore_index=0), [rand(2, 3, 2, 2), torch.randint(3, (2, 2, 2))])
    h.add("nll_loss all ignored", lambda x, t: F.nll_loss(x, t, ignore_index=1), [rand(2, 3), torch.tensor([1, 1])])
    h.add("nll_loss of nothing", lambda x, t: F.nll_loss(x, t), [rand(0, 3), torch.zeros(0, dtype=torch.int64)])
    ce = F.cross_entropy
    for r in ["none", "mean", "sum"]:
        h.add("cross_entropy " + r, lambda x, t: ce(x, t, reduction=r), [rand(5, 4), t5])
        h.add("cross_entropy weight " + r, lambda x, t, w: ce(x, t, w, ignore_index=2, reduction=r), [rand(5, 4), t5, weight], grads=(0,))
        h.add("cross_entropy smooth " + r, lambda x, t: ce(x, t, ignore_index=0, reduction=r, label_smoothing=0.2), [rand(5, 4), t5])
        h.add("cross_entropy smooth weight " + r, lambda x, t, w: ce(x, t, w, ignore_index=0, reduction=r, label_smoothing=0.3), [rand(5, 4), t5, weight], grads=(0,))
        h.add("cross_entropy probabilities " + r, lambda x, t: ce(x, t, reduction=r), [rand(3, 4), prob(3, 4)])
        h.add("cross_entropy probabilities weight " + r, lambda x, t, w: ce(x, t, w, reduction=r, label_smoothing=0.1), [rand(3, 4), prob(3, 4), weight], grads=(0, 1))
    h.add("cross_entropy one", lambda x, t: ce(x, t), [rand(4), torch.tensor(2)])
    h.add("cross_entropy one probabilities", lambda x, t: ce(x, t, label_smoothing=0.1), [rand(4), prob(4)])
    h.add("cross_entropy images", lambda x, t: ce(x, t, label_smoothing=0.1), [rand(2, 3, 2, 2), torch.randint(3, (2, 2, 2))])
    h.add("cross_entropy of nothing", lambda x, t: ce(x, t), [rand(0, 3), torch.zeros(0, dtype=torch.int64)])
    h.write()


if __name__ == "__main__":
    matmul()
    conv()
    norm()
    loss()
