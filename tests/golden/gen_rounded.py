"""Whole quotients, torch.div(rounding_mode=...), as PyTorch gives them: golden_rounded.h."""
import math
import pathlib
import torch

INF, NAN = math.inf, math.nan
FLOATS = [(7, 2), (-7, 2), (7, -2), (-7, -2), (1, 0.1), (6, 3), (-0.5, 3), (0.5, -3), (0, -3), (5, 0), (-5, 0), (0, 0), (INF, 2), (2, INF), (-2, INF), (NAN, 1), (1, NAN), (1e30, 3)]
INTS = [(7, 2), (-7, 2), (7, -2), (-7, -2), (6, 3), (0, -3), (2**62 + 1, 3), (-(2**63), -1), (-(2**63), 1), (2**63 - 1, -2), (1, 2**63 - 1), (-1, 2**63 - 1)]


def literal(x, integer):
    if integer:
        return "INT64_MIN" if x == -(2**63) else f"{x}"
    if math.isnan(x) or math.isinf(x):
        return "NAN" if math.isnan(x) else "INFINITY" if x > 0 else "-INFINITY"
    return repr(float(x))


out = "/* Made by gen_rounded.py with PyTorch: a, b, trunc, floor. */\n/* clang-format off */\n"
for name, pairs, dtype in (("f64", FLOATS, torch.float64), ("f32", FLOATS, torch.float32), ("i64", INTS, torch.int64)):
    a, b = (torch.tensor([p[k] for p in pairs], dtype=dtype) for k in (0, 1))
    if name == "i64":  # the smallest integer by -1 traps in PyTorch; it wraps here
        keep = [p != (-(2**63), -1) for p in pairs]
        rows = [(*p, *((torch.div(a[i], b[i], rounding_mode=m).item() for m in ("trunc", "floor")) if keep[i] else (-(2**63),) * 2)) for i, p in enumerate(pairs)]
    else:
        rows = [(a[i].item(), b[i].item(), *(torch.div(a, b, rounding_mode=m)[i].item() for m in ("trunc", "floor"))) for i in range(len(pairs))]
    kind = "int64_t" if name == "i64" else "double"
    out += f"static const {kind} rounded_{name}[][4] = {{\n"
    out += "".join("    { " + ", ".join(literal(x, name == "i64") for x in row) + " },\n" for row in rows) + "};\n"
pathlib.Path(__file__).with_name("golden_rounded.h").write_text(out + "/* clang-format on */\n", encoding="utf-8")
