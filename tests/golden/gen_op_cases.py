"""Golden numbers of the op cases in tools/conformance/cases.txt, from PyTorch: writes op_cases.safetensors beside itself.

Reads the same lines and draws the same inputs as tools/conformance (Philox4x32-10 with the key FNV-1a("NAME/k")), computes in f64, i64 or
bool, and keeps "CASE/KIND/outK" and "CASE/KIND/gradI": KIND is f for floats, i for signed integers, u8 or bool, or a float dtype's name
where values are hard or listed.  "CASE/dtypes" tells the result's dtype for every dtype of the case.  Run with a Python that has numpy, torch and safetensors."""
import math
import os
import re
import sys

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import save_file

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, "..", "..", "tools", "conformance", "cases.txt")
HARD = [0.0, -0.0, 1.0, -1.0, math.nan, math.inf, -math.inf, 0.5, -2.5, 1e-40, 3e38, -1e-40]
FINE = 32
TORCH = {"f32": torch.float32, "f64": torch.float64, "f16": torch.float16, "bf16": torch.bfloat16, "i8": torch.int8, "u8": torch.uint8,
         "i16": torch.int16, "i32": torch.int32, "i64": torch.int64, "bool": torch.bool}
FLOATS = ("f32", "f64", "f16", "bf16")
KINDS = {"F": ("f",), "I": ("i", "u8"), "N": ("f", "i", "u8"), "A": ("f", "i", "u8", "bool")}
WIDE = {"f": "f64", "i": "i64"}
TURNS = {"F": FLOATS, "I": ("i64", "i32", "i16", "i8", "u8")}
TURNS["N"] = TURNS["F"] + TURNS["I"]
TURNS["A"] = TURNS["N"] + ("bool",)
NUMBERS = {name: k + 1 for k, name in enumerate(("f32", "f64", "f16", "bf16", "i8", "u8", "i16", "i32", "i64", "bool"))}  # <cplug/plugin.h>


def key_of(name, which):
    h = 0xCBF29CE484222325
    for byte in (name + which).encode():
        h = (h ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return h


def philox(key, counter):
    """Salmon et al., Parallel random numbers: as easy as 1, 2, 3 (SC 2011), section 3.3."""
    c, k = [counter & 0xFFFFFFFF, counter >> 32, 0, 0], [key & 0xFFFFFFFF, key >> 32]
    for _ in range(10):
        a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [b >> 32 ^ c[1] ^ k[0], b & 0xFFFFFFFF, a >> 32 ^ c[3] ^ k[1], a & 0xFFFFFFFF]
        k = [k[0] + 0x9E3779B9 & 0xFFFFFFFF, k[1] + 0xBB67AE85 & 0xFFFFFFFF]
    return c


def numbers(shape, values, dtype, key):
    """dtype: a name; values of whole kinds are the same for every integer dtype but u8."""
    n, whole = int(np.prod(shape)), dtype not in FLOATS
    if isinstance(values, list):
        return torch.tensor([values[i % len(values)] for i in range(n)], dtype=torch.float64).to(TORCH[dtype]).reshape(shape)
    step = 7
    while n and n % step == 0:
        step += 4
    low, high = values if isinstance(values, tuple) else (-2, 2)
    if whole and not isinstance(values, tuple):
        low, high = -4, 5
    low = max(low, 0) if dtype == "u8" else low
    first, last = math.ceil(low if whole else low * FINE), math.ceil(high if whole else high * FINE)
    out = []
    for i in range(n):
        bits = philox(key, i // 4)[i % 4]
        if dtype == "bool":
            out.append(bits & 1)
        elif values == "hard" and not whole:
            out.append(HARD[i % len(HARD)])
        elif values == "distinct":
            k = (i * step + 3) % n
            out.append(k - (0 if dtype == "u8" else n // 2) if whole else (k - n // 2 + 0.5) / (4 if n > 256 else FINE / 2))
        else:
            out.append((first + bits % (last - first)) / (1 if whole else FINE))
    return torch.tensor(out, dtype=TORCH[dtype]).reshape(shape)


# ---- the table ----
def parse_input(word):
    if word == "-":
        return None
    if word[0] == "=":
        text = word[1:]
        return text == "true" if text in ("true", "false") else float(text) if set(text) & set(".en") else int(text)
    dtype, shape, values, fixed = re.fullmatch(r"(\w+)\[([\d,]*)\](?:<(.*)>)?(~?)", word).groups()
    if values and values[0] == "=":
        values = [float(v) for v in values[1:].split(",")]
    elif values and ":" in values:
        values = tuple(float(v) for v in values.split(":"))
    return {"dtype": dtype, "shape": [int(s) for s in shape.split(",") if s], "values": values, "fixed": bool(fixed)}


def parse_value(text):
    if text in ("true", "false"):
        return text == "true"
    if "," in text or text == "":
        return [int(t) for t in text.split(",") if t]
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return text


def cases():
    for line in open(CASES):
        line = line.split("#")[0].strip()
        if not line:
            continue
        parts = [p.strip() for p in line.split("|")] + ["", ""]
        name, call = parts[0].split(":", 1)
        op, *words = call.split()
        flat, formal, inside = [], [], None
        for word in words:
            if word == "{":
                inside = []
            elif word == "}":
                formal.append(inside)
                inside = None
            else:
                flat.append(parse_input(word))
                (formal if inside is None else inside).append(len(flat) - 1)
        attrs = {k: parse_value(v) for k, v in (w.split("=", 1) for w in parts[1].split())}
        yield name, op, flat, formal, attrs, parts[2].split()


# ---- what PyTorch calls it ----
def dims(v):
    return tuple(v) if isinstance(v, list) else (v,)


def reduced(fn):
    def call(x, dim=[], keepdim=False, dtype=None):
        more = {"dtype": TORCH[dtype]} if dtype else {}
        d = dims(dim) or tuple(range(x.dim()))
        return fn(x, dim=d, keepdim=keepdim, **more)
    return call


def one_by_one(fn):
    def call(x, dim=[], keepdim=False):
        for d in sorted((d % x.dim() for d in (dims(dim) or range(x.dim()))), reverse=True):
            x = fn(x, d, keepdim)
        return x
    return call


def position(fn):
    return lambda x, dim=[], keepdim=False: fn(x, dims(dim)[0] if dims(dim) else None, keepdim)


def pair(v):
    return list(v)


def conv(x, w, b=None, stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=1):
    return F.conv2d(x, w, b, pair(stride), pair(padding), pair(dilation), groups)


def batch_norm(x, mean, var, weight, bias, momentum=0.1, training=False, eps=1e-5):
    y = F.batch_norm(x, mean, var, weight, bias, training, momentum, eps)
    at = [0] + list(range(2, x.dim()))
    m, v = (x.mean(at), x.var(at, correction=0)) if training and x.numel() else (None, None)
    return (y, m, None if v is None else 1 / torch.sqrt(v + eps)) + tuple(t for t in (mean, var) if t is not None)


def like(loss):
    def call(x, y, w=None, reduction="mean", **more):
        return loss(x, y, weight=w, reduction=reduction, **more) if w is not None else loss(x, y, reduction=reduction, **more)
    return call


def sgd(p, g, m, lr, decay, momentum, share, nesterov=False, maximize=False):
    for i in range(len(p)):
        d = g[i] + decay * p[i]
        m[i].mul_(momentum).add_(d * share)
        p[i].sub_(lr * (d + momentum * m[i] if nesterov else m[i]))
    return tuple(p) + tuple(m)


def adam(p, g, m, v, top, lr, b1, b2, eps, decay, step, decoupled=False, maximize=False):
    for i in range(len(p)):
        if decoupled:
            p[i].mul_(1 - lr * decay)
        d = g[i] if decoupled else g[i] + decay * p[i]
        m[i].lerp_(d, 1 - b1)
        v[i].mul_(b2).addcmul_(d, d, value=1 - b2)
        p[i].addcdiv_(m[i], (v[i] / (1 - b2 ** step)).sqrt() + eps, value=-lr / (1 - b1 ** step))
    return tuple(p) + tuple(m) + tuple(v)


def rmsprop(p, g, s, mean, buf, lr, alpha, eps, decay, momentum, maximize=False):
    for i in range(len(p)):
        d = g[i] + decay * p[i]
        s[i].mul_(alpha).addcmul_(d, d, value=1 - alpha)
        p[i].addcdiv_(d, s[i].sqrt() + eps, value=-lr)
    return tuple(p) + tuple(s)


def gelu_grad(g, x, approximate="none"):
    x = x.detach().requires_grad_(True) if not x.requires_grad else x
    y = F.gelu(x, approximate=approximate)
    return torch.autograd.grad(y, x, g, create_graph=True)[0]


def through(fn):
    """The gradient op of fn at its input, itself differentiable."""
    def call(g, x, **attrs):
        x = x if x.requires_grad else x.detach().requires_grad_(True)
        return torch.autograd.grad(fn(x, **attrs), x, g, create_graph=True)[0]
    return call


def slice_grad(g, start, dim, size, step=1):
    shape = list(g.shape)
    shape[dim] = size
    return torch.slice_scatter(torch.zeros(shape, dtype=g.dtype), g, dim, start, start + (g.shape[dim] - 1) * step + 1, step)


def select_grad(g, index, dim, size):
    shape = list(g.shape)
    shape.insert(dim, size)
    return torch.select_scatter(torch.zeros(shape, dtype=g.dtype), g, dim, index)


def max_pool2d_grad(g, at, size):
    return torch.zeros(size, dtype=g.dtype).flatten(2).scatter_add(2, at.flatten(2), g.flatten(2)).view(size)


def nll_loss(x, t, w=None, ignore_index=-100, reduction="mean"):
    loss = F.nll_loss(x, t, weight=w, ignore_index=ignore_index, reduction=reduction)
    chosen = t[t != ignore_index]
    total = w[chosen].sum() if w is not None else torch.tensor(float(chosen.numel()))
    return loss, (total * (reduction != "none")).to(x.dtype)


def nll_loss_grad(g, target, w, total, size, ignore_index=-100, reduction="mean"):
    share = (target != ignore_index) * (w[target.clamp(min=0)] if w is not None else torch.ones((), dtype=g.dtype))
    each = -share * g / (total if reduction == "mean" else 1)
    return torch.zeros(size, dtype=g.dtype).scatter(1, target.clamp(min=0).unsqueeze(1), each.unsqueeze(1))


def batch_norm_grad(g, x, w, mean, rstd, training=False, eps=1e-5):
    if training:
        return torch.ops.aten.native_batch_norm_backward(g, x, w, None, None, mean, rstd, True, eps, [True] * 3)
    return torch.ops.aten.native_batch_norm_backward(g, x, w, mean, 1 / rstd ** 2 - eps, None, None, False, eps, [True] * 3)


OPS = {
    "add": lambda a, b, alpha=1: torch.add(torch.as_tensor(a), b, alpha=alpha), "sub": lambda a, b, alpha=1: torch.sub(torch.as_tensor(a) if not torch.is_tensor(a) else a, b, alpha=alpha),
    "mul": torch.mul, "div_rounded": lambda a, b, rounding_mode: torch.div(a, b, rounding_mode=rounding_mode), "div": torch.div, "pow": torch.pow, "maximum": torch.maximum, "minimum": torch.minimum,
    "relu": torch.relu, "leaky_relu": F.leaky_relu, "gelu": F.gelu, "silu": F.silu, "softplus": F.softplus,
    "clamp": lambda x, a=None, b=None: torch.clamp(x, a, b), "round": torch.round, "isnan": torch.isnan,
    "relu_grad": lambda g, y: g * (y > 0), "leaky_relu_grad": lambda g, x, negative_slope=0.01: torch.where(x > 0, g, g * negative_slope),
    "gelu_grad": gelu_grad, "silu_grad": through(F.silu), "softplus_grad": through(F.softplus),
    "sigmoid_grad": lambda g, y: g * (1 - y) * y, "tanh_grad": lambda g, y: g * (1 - y * y),
    "where": torch.where, "masked_fill": torch.masked_fill, "lerp": torch.lerp,
    "addcmul": lambda x, a, b, value=1: torch.addcmul(x, a, b, value=value), "addcdiv": lambda x, a, b, value=1: torch.addcdiv(x, a, b, value=value),
    "clone": torch.clone, "to": lambda x, dtype: x.to(TORCH[dtype]), "view": lambda x, size: x.view(size),
    "copy_": lambda x, y: (x.copy_(y),), "fill_": lambda x, v: (x.fill_(v),), "arange": lambda x, a, s: (x.copy_(a + s * torch.arange(x.numel())),),
    "expand": lambda x, size: x.expand(size), "transpose": lambda x, dim0, dim1: x.transpose(dim0, dim1), "permute": lambda x, dims: x.permute(dims),
    "squeeze": lambda x, dim=[]: x.squeeze(dims(dim) or tuple(range(x.dim()))), "unsqueeze": torch.unsqueeze,
    "as_strided": lambda x, offset, size, stride: torch.as_strided(x, size, stride, offset), "detach": torch.detach,
    "select": lambda x, i, dim: x.select(dim, i),
    "slice": lambda x, start, dim, length, step=1: x.narrow(dim, start, max(length - 1, 0) * step + (length > 0))[(slice(None),) * dim + (slice(None, None, step),)],
    "slice_grad": slice_grad, "select_grad": select_grad,
    "cat": torch.cat, "stack": torch.stack, "index_select": lambda x, i, dim: x.index_select(dim, i), "gather": lambda x, i, dim: x.gather(dim, i),
    "scatter_add": lambda x, i, s, dim: x.scatter_add(dim, i, s), "scatter_add_": lambda x, i, s, dim: (x.scatter_add_(dim, i, s),),
    "one_hot": F.one_hot, "sum": reduced(torch.sum), "mean": reduced(torch.mean), "prod": one_by_one(torch.prod),
    "amax": reduced(torch.amax), "amin": reduced(torch.amin), "max": lambda x, dim, keepdim=False: tuple(torch.max(x, dim, keepdim)),
    "min": lambda x, dim, keepdim=False: tuple(torch.min(x, dim, keepdim)), "argmax": position(torch.argmax), "argmin": position(torch.argmin),
    "var": lambda x, dim=[], correction=1, keepdim=False: torch.var(x, dims(dim) or None, correction=correction, keepdim=keepdim),
    "std": lambda x, dim=[], correction=1, keepdim=False: torch.std(x, dims(dim) or None, correction=correction, keepdim=keepdim),
    "any": one_by_one(torch.any), "all": one_by_one(torch.all),
    "sum_to_size": lambda x, size: x.sum_to_size(size), "matmul": torch.matmul, "mm": torch.mm, "bmm": torch.bmm, "dot": torch.dot, "linear": F.linear,
    "softmax": lambda x, dim: torch.softmax(x, dim), "log_softmax": lambda x, dim: torch.log_softmax(x, dim),
    "softmax_grad": lambda g, y, dim: y * (g - (g * y).sum(dim, keepdim=True)),
    "log_softmax_grad": lambda g, y, dim: g - y.exp() * g.sum(dim, keepdim=True),
    "conv2d": conv,
    "conv2d_grad_input": lambda g, w, size, stride=(1, 1), padding=(0, 0), **k: torch.nn.grad.conv2d_input(size, w, g, pair(stride), pair(padding)),
    "conv2d_grad_weight": lambda g, x, size, stride=(1, 1), padding=(0, 0), **k: torch.nn.grad.conv2d_weight(x, size, g, pair(stride), pair(padding)),
    "unfold": lambda x, kernel_size, dilation=(1, 1), padding=(0, 0), stride=(1, 1): F.unfold(x, kernel_size, dilation, padding, stride),
    "fold": lambda x, output_size, kernel_size, dilation=(1, 1), padding=(0, 0), stride=(1, 1): F.fold(x, output_size, kernel_size, dilation, padding, stride),
    "max_pool2d": lambda x, kernel_size, stride=None, padding=(0, 0), dilation=(1, 1), ceil_mode=False: F.max_pool2d(x, kernel_size, stride, padding, dilation, ceil_mode, True),
    "avg_pool2d": lambda x, kernel_size, stride=None, padding=(0, 0), ceil_mode=False, count_include_pad=True, divisor_override=None: F.avg_pool2d(x, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override),
    "avg_pool2d_grad": lambda g, kernel_size, stride, size: through(lambda x: F.avg_pool2d(x, kernel_size, stride))(g, torch.zeros(size, dtype=g.dtype)),
    "max_pool2d_grad": max_pool2d_grad, "nll_loss_grad": nll_loss_grad, "batch_norm_grad": batch_norm_grad,
    "batch_norm": batch_norm, "mse_loss": like(F.mse_loss), "l1_loss": like(F.l1_loss), "smooth_l1_loss": like(F.smooth_l1_loss),
    "cross_entropy": like(F.cross_entropy), "nll_loss": nll_loss, "binary_cross_entropy": like(F.binary_cross_entropy),
    "binary_cross_entropy_with_logits": lambda x, t, w=None, p=None, reduction="mean": F.binary_cross_entropy_with_logits(x, t, w, reduction=reduction, pos_weight=p),
    "sgd_step_": sgd, "adam_step_": adam, "rmsprop_step_": rmsprop,
}
INDEXED = {"index_select", "gather", "scatter_add", "scatter_add_", "one_hot", "cross_entropy", "nll_loss"}  # PyTorch wants i64
NOT_HERE = {"random", "dropout"}


def make_inputs(name, op, flat, dtype, wide):
    """dtype: the name that stands for the case's set; wide: floats of the set in f64."""
    tensors = []
    for k, spec in enumerate(flat):
        if not isinstance(spec, dict):
            tensors.append(spec)
            continue
        own = dtype if spec["dtype"] in KINDS else spec["dtype"]
        t = numbers(spec["shape"], spec["values"], WIDE.get(own, own), key_of(name, f"/{k}"))
        if wide and t.is_floating_point() and spec["dtype"] in KINDS:
            t = t.to(torch.float64)
        if op in INDEXED and not t.is_floating_point() and spec["dtype"] not in KINDS:
            t = t.long()
        tensors.append(t)
    return tensors


def call(op, formal, attrs, tensors):
    args = [[tensors[i] for i in f] if isinstance(f, list) else tensors[f] for f in formal]
    if op.endswith("_") or op == "arange":
        args = [[t.detach() for t in a] if isinstance(a, list) else a.detach() if torch.is_tensor(a) else a for a in args]
    out = OPS[op](*args, **attrs) if op in OPS else getattr(torch, op)(*args, **attrs)
    return out if isinstance(out, tuple) else (out,)


def result_dtypes(name, op, flat, formal, attrs, turns):
    """The dtype of the first result for each dtype of the set in turn, as cplug numbers them; 0 where PyTorch has no answer."""
    found = []
    for dtype in turns:
        try:
            out = call(op, formal, attrs, make_inputs(name, op, flat, dtype, False))[0]
            found.append(NUMBERS[next(name for name, t in TORCH.items() if t == out.dtype)])
        except Exception:
            found.append(0)
    return np.array(found)


def compute(name, op, flat, formal, attrs, dtype, differentiate):
    tensors = make_inputs(name, op, flat, dtype, True)
    for spec, t in zip(flat, tensors):
        if torch.is_tensor(t):
            t.requires_grad_(differentiate and t.is_floating_point() and not spec["fixed"])
    out = call(op, formal, attrs, tensors)
    result = {}
    for k, t in enumerate(out):
        if t is None:
            continue
        result[f"out{k}"] = t.detach()
    if differentiate:
        roots = [(k, t) for k, t in enumerate(out) if t is not None and t.requires_grad and (k == 0 or op in ("max", "min"))]
        inputs = [(k, t) for k, t in enumerate(tensors) if torch.is_tensor(t) and t.requires_grad]
        if roots and inputs:
            gs = [numbers(list(t.shape), (-2.0, 2.0), "f64", key_of(name, f"/g{k}")) for k, t in roots]
            grads = torch.autograd.grad([t for _, t in roots], [t for _, t in inputs], gs, allow_unused=True)
            for (k, _), g in zip(inputs, grads):
                if g is not None:
                    result[f"grad{k}"] = g.detach()
    return result


def array(t):
    return t.to(torch.float64 if t.is_floating_point() else torch.int64).contiguous().numpy()


def main():
    torch.set_num_threads(1)
    golden, missing = {}, []
    for name, op, flat, formal, attrs, options in cases():
        if op in NOT_HERE or "size=large" in options:
            continue
        sets = [s["dtype"] for s in flat if isinstance(s, dict) and s["dtype"] in KINDS]
        kinds = KINDS[sets[0]] if sets else ("f",)
        hard = any(isinstance(s, dict) and (s["values"] == "hard" or isinstance(s["values"], list) and s["dtype"] in (*KINDS, *FLOATS)) for s in flat)
        golden[f"{name}/dtypes"] = result_dtypes(name, op, flat, formal, attrs, TURNS[sets[0]] if sets else ("f32",))
        for kind in kinds:
            for dtype in (FLOATS if sets else ("f32",)) if hard and kind == "f" else (kind,):
                try:
                    found = compute(name, op, flat, formal, attrs, dtype, kind == "f" and "grad=no" not in options)
                except Exception as problem:  # what PyTorch refuses for this kind has no golden numbers
                    missing.append(f"{name}/{dtype}: {type(problem).__name__}: {str(problem).splitlines()[0][:90]}")
                    continue
                for what, t in found.items():
                    if dtype in FLOATS and t.is_floating_point():
                        t = t.to(TORCH[dtype])
                    golden[f"{name}/{dtype}/{what}"] = array(t)
    save_file(golden, os.path.join(HERE, "op_cases.safetensors"))
    print(f"{len(golden)} tensors; without numbers from PyTorch:", *missing, sep="\n  ")


if __name__ == "__main__":
    sys.exit(main())
