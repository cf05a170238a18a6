"""Texts of tensors as PyTorch prints them: writes golden_format.h beside itself.  Run with a Python that has torch."""
import os

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
nan, inf = float("nan"), float("inf")


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
        f.write("/* Written by gen_format.py with PyTorch %s; do not edit. */\n/* clang-format off */\n" % torch.__version__.split("+")[0])
        f.write("static const struct { const char *dtype; int32_t ndim; int64_t shape[5]; const double *v; const char *text; } golden_format[] = {\n")
        f.write("\n".join(rows) + "\n};\n/* clang-format on */\n")


if __name__ == "__main__":
    formats()
