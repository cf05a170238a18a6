"""cplug-run op: the grammar of a request, its files, its exit codes."""
import ast
import json
import os
import struct
from e2e import expect, expect_code, main, run, write

CODES = {"f4": "f", "f8": "d", "i8": "q", "i4": "i", "u1": "B", "b1": "?"}


def save(folder, name, dtype, shape, values):
    header = "{'descr': '%s%s', 'fortran_order': False, 'shape': %r, }" % ("|" if dtype in ("u1", "b1") else "<", dtype, tuple(shape))
    header += " " * ((-len(header) - 11) % 64) + "\n"
    data = struct.pack(f"<{len(values)}{CODES[dtype]}", *values)
    return write(folder, name, b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data)


def load(folder, name):
    """(dtype, shape, values)"""
    with open(os.path.join(folder, name), "rb") as f:
        data = f.read()
    (n,) = struct.unpack("<H", data[8:10])
    header = ast.literal_eval(data[10:10 + n].decode())
    dtype = header["descr"][1:]
    size = struct.calcsize(CODES[dtype])
    return dtype, header["shape"], list(struct.unpack(f"<{(len(data) - 10 - n) // size}{CODES[dtype]}", data[10 + n:]))


def op(folder, *words, code=0):
    result = run("op", *words, "-o", "out", cwd=folder)
    expect_code(result, code)
    return result


def expect_file(folder, name, dtype, shape, values):
    have = load(folder, name)
    expect(have == (dtype, tuple(shape), list(values)), f"{name}: {have}, expected {dtype} {shape} {values}")


def inputs(folder):
    save(folder, "a.npy", "f4", [2, 3], range(6))
    save(folder, "b.npy", "f4", [3], [1, 2, 4])
    save(folder, "g.npy", "f4", [2, 3], [1] * 6)
    save(folder, "i.npy", "i8", [3], [1, 2, 4])
    save(folder, "m.npy", "b1", [2, 3], [1, 0, 1, 0, 1, 0])


def forward_and_gradients(folder):
    inputs(folder)
    result = op(folder, "add", "a.npy", "b.npy", "--attr", "alpha=2", "--grad", "g.npy")
    expect_file(folder, "out.0.npy", "f4", [2, 3], [2, 5, 10, 5, 8, 13])
    expect_file(folder, "out.grad0.npy", "f4", [2, 3], [1] * 6)
    expect_file(folder, "out.grad1.npy", "f4", [3], [4, 4, 4])
    expect(result.out.split() == ["out.0.npy", "out.grad0.npy", "out.grad1.npy"], result.out)
    result = run("op", "add", "a.npy", "b.npy", "-o", "out", "--json", cwd=folder)
    expect(json.loads(result.out)["files"] == ["out.0.npy"], result.out)
    op(folder, "mul", "a.npy", "i.npy", "--grad=g.npy")  # an integer has no gradient
    expect_file(folder, "out.grad0.npy", "f4", [2, 3], [1, 2, 4, 1, 2, 4])
    save(folder, "h.npy", "f4", [2], [1, 10])
    op(folder, "max", "a.npy", "--attr", "dim=1", "--grad", "h.npy", "--grad", "-")
    expect_file(folder, "out.0.npy", "f4", [2], [2, 5])
    expect_file(folder, "out.1.npy", "i8", [2], [2, 2])
    expect_file(folder, "out.grad0.npy", "f4", [2, 3], [0, 0, 1, 0, 0, 10])


def lists_and_absent_ones(folder):
    inputs(folder)
    op(folder, "cat", "[", "a.npy", "a.npy", "]", "--attr", "dim=-1")
    expect_file(folder, "out.0.npy", "f4", [2, 6], [0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5])
    save(folder, "c.npy", "f4", [2, 2], [1, 2, 3, 4])
    op(folder, "stack", "[", "b.npy", "b.npy", "]", "--grad", "g.npy")
    expect_file(folder, "out.grad1.npy", "f4", [3], [1, 1, 1])  # brackets do not count
    op(folder, "clamp", "a.npy", "-", "--attr", "max=2.0")
    expect_file(folder, "out.0.npy", "f4", [2, 3], [0, 1, 2, 2, 2, 2])
    op(folder, "linear", "c.npy", "c.npy", "-")
    expect_file(folder, "out.0.npy", "f4", [2, 2], [5, 11, 11, 25])
    op(folder, "chunk", "a.npy", "--attr", "chunks=2", "--attr", "dim=1")
    expect_file(folder, "out.1.npy", "f4", [2, 1], [2, 5])


def numbers(folder):
    inputs(folder)
    op(folder, "pow", "-", "b.npy", "--attr", "input=2")
    expect_file(folder, "out.0.npy", "f4", [3], [2, 4, 16])
    for text, dtype, values in (("2", "i8", [3, 4, 6]), ("2.0", "f4", [3, 4, 6]), ("true", "i8", [2, 3, 5])):
        op(folder, "add", "i.npy", "--attr", f"other={text}")
        expect_file(folder, "out.0.npy", dtype, [3], values)
    op(folder, "mul", "--attr", "input=2.0", "--attr", "other=3.0")
    expect_file(folder, "out.0.npy", "f4", [], [6])
    op(folder, "narrow", "a.npy", "--attr", "start=1", "--attr", "dim=1", "--attr", "length=2")
    expect_file(folder, "out.0.npy", "f4", [2, 2], [1, 2, 4, 5])


def attributes(folder):
    save(folder, "one.npy", "f4", [1, 2, 1], [1, 2])
    for text, shape in (("dim=-", [2]), ("dim=", [1, 2, 1]), ("dim=0", [2, 1]), ("dim=0,2", [2])):
        op(folder, "squeeze", "one.npy", "--attr", text)
        expect_file(folder, "out.0.npy", "f4", shape, [1, 2])
    inputs(folder)
    op(folder, "sum", "a.npy", "--attr", "dim=0,1", "--attr", "keepdim=True", "--attr", "dtype=torch.float64")
    expect_file(folder, "out.0.npy", "f8", [1, 1], [15])
    op(folder, "div", "i.npy", "--attr", "other=-3", "--attr", "rounding_mode=floor")
    expect_file(folder, "out.0.npy", "i8", [3], [-1, -1, -2])
    op(folder, "mse_loss", "a.npy", "g.npy", "--attr", "reduction=none", "--grad", "g.npy")
    expect_file(folder, "out.grad0.npy", "f4", [2, 3], [-2, 0, 2, 4, 6, 8])
    expect(not os.path.exists(os.path.join(folder, "out.grad1.npy")), "nobody wants the gradient of a target")
    op(folder, "amax", "a.npy", "--attr", "dim=1", "--grad", "-")  # by the op's schema
    expect_file(folder, "out.0.npy", "f4", [2], [2, 5])


def convolution_of_the_same_size(folder):
    save(folder, "x.npy", "f4", [1, 1, 1, 4], [1, 2, 3, 4])
    save(folder, "w.npy", "f4", [1, 1, 1, 2], [1, 10])
    op(folder, "conv2d", "x.npy", "w.npy", "--attr", "padding=same")
    expect_file(folder, "out.0.npy", "f4", [1, 1, 1, 4], [21, 32, 43, 4])


def written_inputs(folder):
    save(folder, "x.npy", "f4", [2, 2], [1, 2, 3, 6])
    save(folder, "mean.npy", "f4", [2], [0, 0])
    save(folder, "var.npy", "f4", [2], [1, 1])
    op(folder, "batch_norm", "x.npy", "mean.npy", "var.npy", "--attr", "training=true", "--attr", "momentum=0.5")
    expect_file(folder, "out.in1.npy", "f4", [2], [1, 2])
    expect_file(folder, "out.in2.npy", "f4", [2], [1.5, 4.5])
    expect(load(folder, "mean.npy")[2] == [0, 0], "the input file was changed")


def dtype_backend_device(folder):
    inputs(folder)
    save(folder, "fine.npy", "f4", [1], [1.001])
    op(folder, "mul", "fine.npy", "--attr", "other=1", "--dtype", "bf16", "--grad", "fine.npy")
    expect_file(folder, "out.0.npy", "f4", [1], [1.0])
    expect_file(folder, "out.grad0.npy", "f4", [1], [1.0])
    op(folder, "add", "a.npy", "b.npy", "--backend", "cpu")
    expect_file(folder, "out.0.npy", "f4", [2, 3], [1, 3, 6, 4, 6, 9])
    plugins = {p["id"] for p in json.loads(run("plugins", "--json").out)["plugins"]}
    if "cplug.sim" in plugins:
        op(folder, "add", "a.npy", "b.npy", "--device", "sim", "--grad", "g.npy")
        expect_file(folder, "out.0.npy", "f4", [2, 3], [1, 3, 6, 4, 6, 9])
        result = op(folder, "add", "a.npy", "b.npy", "--backend", "sim", code=5)
        expect("allowed is only backend sim" in result.err, result.err)


def mistakes(folder):
    inputs(folder)
    write(folder, "bad.npy", b"not an array")
    cases = (
        (2, ("ad", "a.npy"), "did you mean 'add'?"),
        (5, ("sort", "a.npy"), "cplug has no op 'sort'"),
        (2, ("add", "a.npy"), "'other' is missing"),
        (2, ("add", "a.npy", "b.npy", "b.npy"), "too many, from 'b.npy' on"),
        (2, ("add", "a.npy", "b.npy", "--attr", "alhpa=1"), "did you mean 'alpha'?"),
        (2, ("add", "a.npy", "b.npy", "--attr", "alpha=x"), "'alpha' takes a number or true or false, got 'x'"),
        (2, ("add", "a.npy", "b.npy", "--attr", "alpha"), "key=value"),
        (2, ("add", "a.npy", "b.npy", "--attr", "alpha=1", "--attr", "alpha=1"), "given twice"),
        (2, ("add", "a.npy", "b.npy", "--attr", "other=1"), "as a file and as a number"),
        (2, ("add", "[", "a.npy", "]", "b.npy"), "'input' is one tensor, not a list"),
        (2, ("cat", "a.npy"), "'tensors' is a list of tensors"),
        (2, ("cat", "[", "a.npy"), "is not closed"),
        (2, ("cat", "[", "[", "a.npy", "]", "]"), "a list within a list"),
        (2, ("cat", "[", "]"), "the list of tensors is empty"),
        (2, ("permute", "a.npy"), "'dims' is missing"),
        (2, ("permute", "a.npy", "--attr", "dims=0,1.5"), "whole numbers with commas"),
        (2, ("mse_loss", "a.npy", "a.npy", "--attr", "reduction=avg"), "none, mean or sum, got 'avg'"),
        (2, ("add", "a.npy", "b.npy", "--grad", "b.npy"), "has not the shape of output 0"),
        (2, ("add", "a.npy", "b.npy", "--grad", "g.npy", "--grad", "g.npy"), "2 gradients for 1 output"),
        (2, ("argmax", "a.npy", "--grad", "g.npy"), "has no gradient: give -"),
        (2, ("add", "a.npy", "b.npy", "--dtype", "i32"), "--dtype takes f32"),
        (2, ("add", "a.npy", "b.npy", "--backend", "cup"), "did you mean 'cpu'?"),
        (2, ("add", "a.npy", "b.npy", "--device", "gpu9"), "gpu9"),
        (2, ("add", "a.npy", "b.npy", "--bakend", "cpu"), "did you mean '--backend'?"),
        (4, ("add", "a.npy", "absent.npy"), "absent.npy"),
        (4, ("add", "a.npy", "bad.npy"), "bad.npy"),
        (1, ("add", "a.npy", "--attr", "other=1", "--attr", "alpha=1", "--grad", "g.npy", "-o", "no/such/folder"), "no/such/folder"),
        (1, ("mm", "a.npy", "a.npy"), "mm"),
        (1, ("sub", "m.npy", "m.npy"), "bool is not supported"),
        (5, ("view", "a.npy", "--attr", "dtype=int32"), "bits as another dtype"),
    )
    for code, words, part in cases:
        result = run("op", *words, *(() if "-o" in words else ("-o", "out")), cwd=folder)
        expect(result.code == code and part in result.err, words, f"exit code {result.code}, expected {code}: {part}", result.err)
        expect(not os.path.exists(os.path.join(folder, "out.0.npy")), "a failed request leaves no result", words)
    result = run("op", "add", "a.npy", "b.npy", cwd=folder)
    expect(result.code == 2 and "-o OUT is missing" in result.err, result.err)
    expect(run("op").code == 2, "no name")
    result = run("op", "add", "a.npy", "-o", "out", "--json", cwd=folder)
    expect(json.loads(result.out)["code"] == 2, result.out)


def help_texts(folder):
    for words in (("help", "op"), ("op", "--help"), ("op", "-h")):
        result = run(*words)
        expect_code(result, 0)
        expect("--grad FILE" in result.out and "batch_norm" in result.out, result.out)
    result = run("op", "conv2d", "--help")
    expect(result.out == "conv2d(input, weight, bias; stride=1,1, padding=0,0, dilation=1,1, groups=1)\n", result.out)


main([forward_and_gradients, lists_and_absent_ones, numbers, attributes, convolution_of_the_same_size, written_inputs, dtype_backend_device, mistakes,
      help_texts])
