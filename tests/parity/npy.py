"""npy files both ways with NumPy itself: what it saves is read, and what is written is byte for byte what it would have saved."""
import io
import itertools
import os
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError as problem:
    print(f"skipped: {problem}")
    sys.exit(77)

RUN = os.environ["CPLUG_RUN"]


def bytes_of(a):
    f = io.BytesIO()
    np.save(f, a)
    return f.getvalue()


def check(folder, a, what):
    path, out = f"{folder}/a.npy", f"{folder}/out.0.npy"
    np.save(path, a)
    done = subprocess.run([RUN, "op", "clone", path, "-o", f"{folder}/out"], capture_output=True, text=True)
    if done.returncode:
        return f"{what}: {done.stderr}"
    native = np.array(a, dtype=a.dtype.newbyteorder("="), order="C")
    have = np.load(out)
    if have.dtype != native.dtype or have.shape != a.shape or have.tobytes() != native.tobytes():
        return f"{what}: the values differ"
    with open(out, "rb") as f:
        return "" if f.read() == bytes_of(native) else f"{what}: the bytes differ from numpy.save's"


def main():
    rng, failed, n = np.random.default_rng(0), [], 0
    shapes = [(), (0,), (1,), (7,), (3, 4), (2, 0, 3), (2, 3, 4), (1, 2, 1, 3, 1, 2, 1, 2), (123457,), (300, 301)]
    kinds = ["f2", "f4", "f8", "i1", "u1", "i2", "i4", "i8", "b1"]
    with tempfile.TemporaryDirectory(prefix="cplug npy ") as folder:
        for shape, kind, order, layout in itertools.product(shapes, kinds, "<>", "CFT"):
            a = (rng.standard_normal(shape) * 100).astype(np.float64)
            a = np.asarray(a > 0 if kind == "b1" else a).astype(kind).astype(order + kind)
            a = np.asfortranarray(a) if layout == "F" else a.T if layout == "T" else a
            n += 1
            failed.append(check(folder, a, f"{order}{kind} {shape} {layout}"))
    failed = [f for f in failed if f]
    print("\n".join(failed[:20]) or f"{n} arrays")
    sys.exit(1 if failed else 0)


main()
