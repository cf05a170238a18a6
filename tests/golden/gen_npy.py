"""Bytes of .npy files as NumPy writes them: golden_npy.h.  Values are 0 1 2 / 3 4 5 in each dtype (0 1 1 / 1 1 1 in bool)."""
import io
import pathlib
import numpy as np

BASE = np.arange(6).reshape(2, 3)


def save(a, version=None):
    b = io.BytesIO()
    np.lib.format.write_array(b, a, version=version)
    return b.getvalue()


files = {d: save(BASE.astype(d)) for d in ("f4", "f8", "f2", "i8", "i4", "i2", "i1", "u1", "b1")}
files.update({
    "scalar": save(np.array(2.5, "f4")),
    "empty": save(np.zeros((2, 0, 3), "f4")),
    "deep": save(np.arange(2, dtype="i2").reshape(1, 1, 2, 1, 1, 1, 1, 1)),
    "long": save(np.zeros((1234567, 0, 1000000007, 1), "f8")),
    "v2": save(BASE.astype("f4"), (2, 0)),
    "v3": save(BASE.astype("f4"), (3, 0)),
    "fortran": save(np.asfortranarray(BASE.astype("f4"))),
    "fortran3": save(np.asfortranarray(np.arange(24, dtype="i4").reshape(2, 3, 4))),
    "big_f8": save(BASE.astype(">f8")),
    "big_i2": save(BASE.astype(">i2")),
    "big_fortran": save(np.asfortranarray(BASE.astype(">i4"))),
    "objects": save(np.array([None, 1], object)),
    "records": save(np.zeros(2, [("a", "f4"), ("b", "i4")])),
    "u2": save(np.zeros(2, "u2")),
    "c8": save(np.zeros(2, "c8")),
    "text": save(np.array(["ab"])),
    "dates": save(np.zeros(1, "M8[s]")),
})
out = "/* Made by gen_npy.py with NumPy. */\n/* clang-format off */\n"
for name, data in files.items():
    rows = [", ".join(str(b) for b in data[i:i + 32]) for i in range(0, len(data), 32)]
    out += f"static const unsigned char golden_{name}[] = {{\n    " + ",\n    ".join(rows) + "\n};\n"
pathlib.Path(__file__).with_name("golden_npy.h").write_text(out + "/* clang-format on */\n", encoding="utf-8")
