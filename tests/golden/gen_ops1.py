"""Golden numbers of pointwise, view, reduction and index ops, from PyTorch: writes golden_{pointwise,view,reduce,index}.h and
golden_format.h beside itself.  Cases are as in gen_ops2.py; names are C identifiers, which the tests pair with a call.
Run with a Python that has torch.
"""
import os
import sys

sys.dont_write_bytecode = True
import torch
import torch.nn.functional as F
from gen_ops2 import HERE, Header, prob, rand

nan, inf = float("nan"), float("inf")


def T(*values):
    return torch.tensor(values, dtype=torch.float64)


def I(*values):
    return torch.tensor(values, dtype=torch.int64)


def pointwise():
    h = Header("pointwise", 11)
    away = T(-2.5, -1.2, -0.3, 0.4, 0.9, 2.2)  # from kinks
    above = T(0.1, 0.5, 1.0, 2.5)
    for name in ["neg", "exp", "sin", "cos", "tanh", "erf", "sigmoid", "relu", "abs", "sign", "floor"]:
        h.add(name, getattr(torch, name), [away])
    h.add("round", torch.round, [away])
    h.add("leaky_relu", lambda x: F.leaky_relu(x, 0.2), [away])
    h.add("gelu", F.gelu, [away])
    h.add("gelu_tanh", lambda x: F.gelu(x, approximate="tanh"), [away])
    h.add("silu", F.silu, [away])
    h.add("softplus", lambda x: F.softplus(x, 2, 3), [away])
    for name in ["log", "log1p", "sqrt", "rsqrt", "reciprocal"]:
        h.add(name, getattr(torch, name), [above])
    hard = T(0.0, -1.0, 1.0, nan, inf, -inf)
    for name in ["abs", "relu", "sign", "sqrt", "log", "log1p", "rsqrt", "reciprocal", "exp", "tanh", "erf", "sigmoid"]:
        h.add(name + "_hard", getattr(torch, name), [hard])
    h.add("round_hard", torch.round, [T(0.5, 1.5, 2.5, -0.5, -1.5, nan, inf)])
    h.add("leaky_relu_hard", lambda x: F.leaky_relu(x, 0.2), [hard])
    h.add("softplus_hard", lambda x: F.softplus(x, 2, 3), [T(1.5, 1.4, 100.0, -100.0, nan)])
    h.add("gelu_far", F.gelu, [T(-20.0, 20.0, nan)])
    h.add("silu_far", F.silu, [T(-50.0, 50.0, nan)])
    for name in ["add", "sub", "mul", "div"]:
        h.add(name, getattr(torch, name), [rand(2, 3), rand(2, 3) + 3])
    h.add("add_row", torch.add, [rand(2, 3), rand(3)])
    h.add("sub_outer", torch.sub, [rand(2, 1), rand(1, 3)])
    h.add("mul_number", torch.mul, [rand(2, 3), rand()])
    h.add("div_column", torch.div, [rand(2, 3), rand(2, 1) + 4])
    h.add("mul_nothing", torch.mul, [rand(0, 3), rand(3)])
    h.add("mul_strided", lambda a, b: a.t() * b, [rand(3, 2), rand(2, 3)])
    h.add("add_alpha", lambda a, b: torch.add(a, b, alpha=-2.5), [rand(2, 3), rand(3)])
    h.add("sub_self", lambda a: a - a * a, [rand(2, 3)])
    h.add("div_hard", torch.div, [T(1.0, 0.0, 0.0, inf), T(0.0, 0.0, 2.0, inf)])
    h.add("pow", torch.pow, [prob(2, 3), rand(2, 3)])
    h.add("pow_hard", torch.pow, [T(0.0, 0, 0, 2, -2, 0, 0, -2), T(0.0, 1, 2, 3, 2, 0.5, -1, 0.0)])
    for label, p in [("0", 0.0), ("1", 1.0), ("2", 2.0), ("3", 3.0)]:
        h.add("pow_" + label, lambda x: x ** p, [T(0.0, 1.5, -2.0, nan)])
    h.add("pow_half", lambda x: x ** 0.5, [T(0.0, 2.0, -1.0)])
    h.add("pow_less", lambda x: x ** -1.5, [T(0.5, 2.0)])
    h.add("pow_of_2", lambda x: 2 ** x, [T(0.0, 1.0, -1.0)])
    h.add("pow_of_0", lambda x: 0 ** x, [T(0.0, 1.0, -1.0)])
    for name in ["maximum", "minimum"]:
        h.add(name, getattr(torch, name), [rand(2, 3), rand(3)])
        h.add(name + "_hard", getattr(torch, name), [T(1.0, 2, 3, nan, 1, inf), T(1.0, 3, 2, 1, nan, inf)])
    h.add("lerp", torch.lerp, [rand(2, 3), rand(2, 3), prob(3)])
    h.add("lerp_number", lambda a, b: torch.lerp(a, b, 0.3), [rand(2, 3), rand(3)])
    h.add("lerp_far", lambda a, b: torch.lerp(a, b, 0.7), [rand(2, 3), rand(3)])
    h.add("addcmul", lambda a, b, c: torch.addcmul(a, b, c, value=0.5), [rand(2, 3), rand(3), rand(2, 1)])
    h.add("addcmul_1", torch.addcmul, [rand(2, 3), rand(3), rand(2, 1)])
    h.add("addcdiv", lambda a, b, c: torch.addcdiv(a, b, c, value=-2), [rand(2, 3), rand(3), rand(2, 1) + 4])
    edge = T(-2.0, -1, 0, 1, 2, nan)
    h.add("clamp", lambda x: x.clamp(-1, 1), [edge])
    h.add("clamp_min", lambda x: x.clamp(min=-1), [edge])
    h.add("clamp_max", lambda x: x.clamp(max=1), [edge])
    h.add("clamp_tensors", torch.clamp, [T(-2.0, -1, 0, 1, 2, 0, nan, 1, 0, 2), T(-1.0, -1, -1, -1, -1, 3, 0, 1, 1, 1), T(1.0, 1, 1, 1, 1, 2, 1, 1, 1, 1)])
    h.add("clamp_min_tensor", lambda x, m: x.clamp(min=m), [edge, T(-1.0)])
    h.add("clamp_max_tensor", lambda x, m: x.clamp(max=m), [edge, T(1.0)])
    h.add("where", lambda a, b, c: torch.where(c != 0, a, b), [rand(2, 3), rand(3), I(1, 0, 1)])
    h.add("where_nan", lambda a, b, c: torch.where(c != 0, a, b), [T(1.0, nan), T(nan, 2.0), I(1, 0)])
    h.add("where_number", lambda a, c: torch.where(c != 0, a, 7.0), [rand(2, 3), I(1, 0, 1)])
    h.add("masked_fill", lambda a, c: a.masked_fill(c != 0, -inf), [rand(2, 3), I(1, 0, 1)])
    h.add("masked_fill_tensor", lambda a, v, c: a.masked_fill(c != 0, v), [rand(2, 3), rand(), I(1, 0, 1)])
    x, y = T(1.0, 2, 3, nan, inf), T(1.0, 3, 2, nan, inf)
    for name in ["eq", "ne", "lt", "le", "gt", "ge", "logical_and", "logical_or", "logical_xor"]:
        h.add(name, getattr(torch, name), [x, y], grads=())
    h.add("logical_not", torch.logical_not, [T(0.0, -0.0, 1.0, nan)], grads=())
    h.add("isnan", torch.isnan, [hard], grads=())
    h.write()


def view():
    h = Header("view", 12)
    h.add("view", lambda x: x.view(3, -1), [rand(2, 6)])
    h.add("view_of_part", lambda x: x[:, 1:3].view(3, 2, 1), [rand(3, 4)])
    h.add("reshape_copies", lambda x: x.t().reshape(4, 3), [rand(2, 6)])
    h.add("reshape_number", lambda x: x.reshape(()), [rand(1, 1)])
    h.add("reshape_nothing", lambda x: x.reshape(2, 0, 5), [rand(0, 3)])
    h.add("flatten", lambda x: x.flatten(1, -1), [rand(2, 2, 3)])
    h.add("flatten_number", lambda x: x.flatten(), [rand()])
    h.add("unflatten", lambda x: x.unflatten(1, (2, -1)), [rand(2, 6)])
    h.add("squeeze", lambda x: x.squeeze(), [rand(1, 2, 1)])
    h.add("squeeze_dims", lambda x: x.squeeze((0, 1)), [rand(1, 2, 1)])
    h.add("unsqueeze", lambda x: x.unsqueeze(-2), [rand(2, 3)])
    h.add("transpose", lambda x: x.transpose(0, -1), [rand(2, 3, 2)])
    h.add("permute", lambda x: x.permute(2, 0, 1), [rand(2, 3, 2)])
    h.add("expand", lambda x: x.expand(2, -1, 3), [rand(2, 1)])
    h.add("expand_number", lambda x: x.expand(2, 2), [rand()])
    h.add("select", lambda x: x.select(1, -2), [rand(2, 3, 2)])
    h.add("slice", lambda x: x[:, 1:6:2], [rand(2, 7)])
    h.add("slice_clamped", lambda x: x[-9:9], [rand(3)])
    h.add("slice_nothing", lambda x: x[2:1], [rand(3, 2)])
    h.add("narrow", lambda x: x.narrow(0, -2, 2), [rand(3, 2)])
    h.add("split", lambda x: torch.cat([2 * p for p in x.split(2)][::-1]), [rand(5)])
    h.add("split_sizes", lambda x: x.split([1, 3, 1], dim=1)[1], [rand(2, 5)])
    h.add("chunk", lambda x: torch.cat(x.chunk(3)[::-1]), [rand(7)])
    h.add("clone", lambda x: x.t().clone(), [rand(2, 3)])
    h.add("channels_last", lambda x: x.contiguous(memory_format=torch.channels_last) * 2, [rand(2, 2, 2, 3)])
    h.write()


def reduce():
    h = Header("reduce", 13)
    x = rand(2, 3, 2)
    for name in ["sum", "mean", "prod", "amax", "amin"]:
        f = getattr(torch, name)
        h.add(name, (lambda t: f(t, dim=(0, 1, 2))) if name != "prod" else f, [x])
        h.add(name + "_dim", lambda t: f(t, dim=1), [x])
        h.add(name + "_keep", lambda t: f(t, dim=-1, keepdim=True), [x])
        if name != "prod":
            h.add(name + "_dims", lambda t: f(t, dim=(0, 2)), [x])
        h.add(name + "_number", lambda t: f(t), [rand()])
    h.add("prod_strided", lambda t: t.t().prod(dim=0), [rand(3, 5)])
    for label, values in [("0", (0.0, 2, 3, 4, 5)), ("00", (2.0, 0, 3, 0, 5)), ("all", (0.0, 0, 0)), ("1", (3.0,)), ("nan", (nan, 0.0, 2.0))]:
        h.add("prod_zeros_" + label, torch.prod, [T(*values)])
    h.add("amax_ties", lambda t: t.amax(1), [torch.tensor([[3.0, 2, 3], [1, 1, 1]], dtype=torch.float64)])
    h.add("amin_nan", lambda t: t.amin(1), [torch.tensor([[3.0, nan, 3], [2, 1, 1]], dtype=torch.float64)])
    for name in ["var", "std"]:
        f = getattr(torch, name)
        h.add(name, lambda t: f(t), [x])
        h.add(name + "_dims", lambda t: f(t, dim=(0, 2), correction=0, keepdim=True), [x])
        h.add(name + "_one", lambda t: f(t, dim=0), [rand(1, 2)])
    h.add("var_too_few", lambda t: t.var(dim=0, correction=3), [T(1.0, 2.0)])
    h.add("std_of_equal", lambda t: t.std(dim=0), [T(3.0, 3.0, 3.0)])
    for name in ["max", "min"]:
        f = getattr(torch, name)
        h.add(name, lambda t: tuple(f(t, 1)), [x])
        h.add(name + "_keep", lambda t: tuple(f(t, -1, keepdim=True)), [torch.tensor([[3.0, 1, 3, 1], [2, nan, 1, nan]], dtype=torch.float64)])
        h.add(name + "_number", lambda t: tuple(f(t, 0)), [rand()])
    for name in ["argmax", "argmin"]:
        f = getattr(torch, name)
        h.add(name, f, [x], grads=())
        h.add(name + "_dim", lambda t: f(t, 1, keepdim=True), [x], grads=())
        h.add(name + "_keep", lambda t: f(t, keepdim=True), [x], grads=())
        h.add(name + "_nan", lambda t: f(t, 0), [T(1.0, nan, 3.0, nan)], grads=())
    bits = torch.tensor([[1.0, 0, nan], [0, 0, 0]], dtype=torch.float64)
    for name in ["any", "all"]:
        f = getattr(torch, name)
        h.add(name, lambda t: f(t), [bits], grads=())
        h.add(name + "_dim", lambda t: f(t, 1), [bits], grads=())
        h.add(name + "_nothing", lambda t: f(t, 0), [rand(0, 2)], grads=())
    h.add("sum_to_size", lambda t: t.sum_to_size(3, 1), [x])
    h.add("sum_to_size_number", lambda t: t.sum_to_size(()), [x])
    h.add("sum_nothing", lambda t: t.sum(0), [rand(0, 2)])
    h.add("prod_nothing", lambda t: t.prod(0), [rand(0, 2)])
    h.add("mean_nothing", lambda t: t.mean(0), [rand(0, 2)])
    h.add("amax_of_none", lambda t: t.amax(1), [rand(0, 2)])
    h.write()


def index():
    h = Header("index", 14)
    h.add("cat", lambda a, b: torch.cat([a, b]), [rand(2, 3), rand(1, 3)])
    h.add("cat_last", lambda a, b, c: torch.cat([a, b, c], dim=-1), [rand(2, 1), rand(2, 2), rand(2, 0)])
    h.add("cat_nothing", lambda a, b: torch.cat([a, b]), [rand(0), rand(2, 3)])
    h.add("cat_strided", lambda a, b: torch.cat([a.t(), b], 1), [rand(3, 2), rand(2, 2)])
    h.add("cat_twice", lambda a: torch.cat([a, a]), [rand(2)])
    h.add("stack", lambda a, b: torch.stack([a, b]), [rand(2, 3), rand(2, 3)])
    h.add("stack_last", lambda a, b: torch.stack([a, b], -1), [rand(2, 3), rand(2, 3)])
    h.add("stack_numbers", lambda a, b: torch.stack([a, b]), [rand(), rand()])
    h.add("index_select", lambda a, i: a.index_select(0, i), [rand(3, 2), I(2, 0, 2)])
    h.add("index_select_last", lambda a, i: a.index_select(-1, i), [rand(2, 3), I(1)])
    h.add("index_select_none", lambda a, i: a.index_select(0, i), [rand(3, 2), torch.zeros(0, dtype=torch.int64)])
    h.add("index_select_number", lambda a, i: a.index_select(0, i), [rand(), I(0)])
    h.add("gather", lambda a, i: a.gather(1, i), [rand(2, 3), torch.tensor([[0, 0], [2, 1]])])
    h.add("gather_smaller", lambda a, i: a.gather(0, i), [rand(3, 3), torch.tensor([[2, 1]])])
    h.add("gather_number", lambda a, i: a.gather(0, i), [rand(), I(0)])
    h.add("scatter_add", lambda a, b, i: a.scatter_add(0, i, b), [rand(3, 2), rand(2, 2), torch.tensor([[0, 2], [0, 1]])])
    h.add("scatter_add_none", lambda a, b, i: a.scatter_add(0, i, b), [rand(3, 2), rand(0, 2), torch.zeros((0, 2), dtype=torch.int64)])
    h.add("one_hot", lambda i: F.one_hot(i, 4), [torch.tensor([[0, 3], [1, 1]])])
    h.add("one_hot_found", lambda i: F.one_hot(i), [I(0, 2, 1)])
    h.add("one_hot_none", lambda i: F.one_hot(i, 3), [torch.zeros(0, dtype=torch.int64)])
    h.write()


def formats():
    """Texts; dtypes are called as in cplug."""
    names = {"torch.float64": "f64", "torch.float16": "f16", "torch.bfloat16": "bf16", "torch.int8": "i8", "torch.uint8": "u8", "torch.int16": "i16",
             "torch.int32": "i32", "torch.int64": "i64", "torch.bool": "bool", "torch.float32": "f32"}
    torch.set_default_dtype(torch.float32)
    rows = []

    def add(t, values=True):
        text = str(t)
        for long, short in names.items():
            text = text.replace(long, short)
        quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n\"\n     \"")
        shape = ", ".join(str(s) for s in t.shape) or "0"
        if values:
            v = ", ".join({"nan": "NAN", "inf": "INFINITY", "-inf": "-INFINITY"}.get(str(float(x)), repr(float(x))) for x in t.reshape(-1).tolist())
        rows.append('    { "%s", %d, { %s }, %s,\n     "%s" },' % (names[str(t.dtype)], t.dim(), shape, "(double[]){ %s }" % (v or "0") if values else "NULL", quoted))

    t = torch.tensor
    for x in [t(1.5), t(3.0), t(7), t(True), t(nan), t([1.0, 2.0]), t([1.0, nan, -inf]), t([nan, inf]), t([0.0, 0.0]), t([0.0, -0.0, 1.0]), t([1e-5, 1.0]),
              t([1e9]), t([1.0, 10000.0]), t([1.0, 1000.0]), t([0.5, 500.0]), t([0.5, 501.0]), t([123456.0, 1.0]), t([1e-4]), t([99999999.0]), t([100000001.0]),
              t([0.1, 22.25, -333.125]), t([[1.5, -100.0], [3.0, 4.0]]), t([[[1], [2]], [[3], [4]]]), t([[True, False]]), t([1, -20, 300]), t([[1e-10, 1.0], [2.0, nan]]),
              t([1.0, 2.0], dtype=torch.float64), t([0.1, 2.0], dtype=torch.float16), t([0.5], dtype=torch.bfloat16), t([1, 2], dtype=torch.int32),
              t([1, 200], dtype=torch.uint8), t([-128], dtype=torch.int8), t([-300, 4], dtype=torch.int16), torch.zeros(0), torch.zeros(0, 3), torch.zeros(2, 0, 1),
              torch.zeros(0, dtype=torch.int64), torch.zeros(0, 2, dtype=torch.bool), torch.zeros(0, dtype=torch.float64), torch.arange(30.0), torch.arange(30.0).view(2, 15),
              torch.arange(40).view(2, 2, 2, 5), torch.arange(21.0, dtype=torch.float64).view(1, 21) / 3, torch.zeros(1, 1, 1, 1, 1)]:
        add(x)
    for x in [torch.arange(1001), torch.arange(2000.0).view(2, 1000), torch.arange(2000.0).view(1000, 2), torch.arange(3000.0).view(10, 3, 100) / 7,
              torch.arange(1200).view(2, 2, 300), torch.arange(1120, dtype=torch.int32).view(7, 1, 8, 20), torch.arange(1500.0, dtype=torch.float64)]:
        add(x, False)  # value i at i, or i / 7
    with open(os.path.join(HERE, "golden_format.h"), "w") as f:
        f.write("/* Written by gen_ops1.py with PyTorch %s; do not edit. */\n/* clang-format off */\n" % torch.__version__.split("+")[0])
        f.write("static const struct { const char *dtype; int32_t ndim; int64_t shape[5]; const double *v; const char *text; } golden_format[] = {\n")
        f.write("\n".join(rows) + "\n};\n/* clang-format on */\n")


if __name__ == "__main__":
    pointwise()
    view()
    reduce()
    index()
    formats()
