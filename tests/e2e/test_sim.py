"""Training on a device that is not the host's memory: the same losses as on the cpu at every step, checkpoints and weights that go from one to
the other, what the device cannot do, and failures that it finds late."""
import csv
import json
import os
import random
import struct

import tiny
from e2e import MODELS, expect, expect_code, main, model, run, write

QUIET = {"OMP_NUM_THREADS": "1"}
SIM = ["runtime.device=sim", "runtime.fallback=error"]
# Smooth, since a relu that flips on one device is a jump; and no bias before the normalisation, whose gradient is rounding noise that Adam
# makes steps of.
MLP = """[cplug]
format = 1
[data.train]
type = mnist
root = .
split = train
transforms = scale, normalize mean=0.5 std=0.5
workers = 1
[data.valid]
type = mnist
root = .
split = test
transforms = scale, normalize mean=0.5 std=0.5
[model]
input_shape = 1,28,28
[layer.flat]
type = flatten
[layer.fc1]
type = linear
out_features = 32
bias = false
[layer.norm]
type = batch_norm1d
[layer.act]
type = tanh
[layer.drop]
type = dropout
p = 0.3
[layer.out]
type = linear
out_features = 10
[loss]
type = cross_entropy
label_smoothing = 0.1
[metrics]
names = accuracy, top_k k=3, confusion_matrix
[optimizer]
type = adam
lr = 1e-3
[scheduler]
type = cosine
[train]
epochs = 4
batch_size = 16
clip_norm = 1
[log]
every = 1
"""
SAME = 1e-5  # what "the same loss" means


def digits(folder, n=200):
    """IDX files of pictures that can be told apart: a bar for each class, and noise."""
    draw = random.Random(8)
    for name, count in (("train", n), ("t10k", n // 4)):
        labels = [draw.randrange(10) for _ in range(count)]
        pixels = bytearray(draw.randrange(60) for _ in range(count * 784))
        for i, k in enumerate(labels):
            for row in range(28):
                pixels[i * 784 + row * 28 + 2 * k + 4] = 200 + draw.randrange(56)
        tiny.idx(folder, name + "-images-idx3-ubyte", (count, 28, 28), pixels)
        tiny.idx(folder, name + "-labels-idx1-ubyte", (count,), labels)


def train(folder, *args, code=0):
    result = run("train", *args, cwd=folder, env=QUIET)
    expect_code(result, code)
    return result


def events(folder, name, kind):
    with open(os.path.join(folder, name, "metrics.jsonl")) as f:
        return [e for e in map(json.loads, f) if e["type"] == kind]


def weights(folder, name):
    """Tensors of a safetensors file: f32 as floats, the rest as bytes."""
    with open(os.path.join(folder, name, "model.safetensors"), "rb") as f:
        data = f.read()
    n = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + n])
    found = {}
    for key, t in header.items():
        if key != "__metadata__":
            part = data[8 + n:][slice(*t["data_offsets"])]
            found[key] = struct.unpack(f"<{len(part) // 4}f", part) if t["dtype"] == "F32" else part
    return found


def near(a, b, tolerance=SAME):
    return a == b or abs(a - b) <= tolerance * max(1, abs(a))


def same(folder, one, other, weight_tolerance=1e-4):
    """Losses of every logged step, figures of every epoch, weights at the end."""
    steps = [events(folder, name, "step") for name in (one, other)]
    expect(len(steps[0]) == len(steps[1]) > 0, one, other, len(steps[0]), len(steps[1]))
    for a, b in zip(*steps):
        expect(a["step"] == b["step"] and near(a["loss"], b["loss"]) and near(a["lr"], b["lr"], 1e-12), one, a, other, b)
    tables = []
    for name in (one, other):
        with open(os.path.join(folder, name, "metrics.csv"), newline="") as f:
            tables.append([{k: float(v) for k, v in row.items() if k != "seconds" and v} for row in csv.DictReader(f)])
    for a, b in zip(*tables):
        wrong = {k: (a[k], b.get(k)) for k in a if k not in b or not near(a[k], b[k])}
        expect(a.keys() == b.keys() and not wrong, one, other, wrong)
    have = [weights(folder, name) for name in (one, other)]
    expect(have[0].keys() == have[1].keys(), have[0].keys(), have[1].keys())
    for key, values in have[0].items():
        pairs = zip(values, have[1][key])
        expect(all(near(x, y, weight_tolerance) for x, y in pairs), one, other, key)
    return len(steps[0])


def as_on_the_cpu(folder):
    digits(folder)
    ini = write(folder, "m.ini", MLP)
    train(folder, ini, "--run-dir", "cpu")
    result = train(folder, ini, *SIM, "--run-dir", "sim")
    expect("device sim" in result.out and "warning" not in result.out + result.err, result.out, result.err)
    expect(same(folder, "cpu", "sim") == 52, "steps")
    losses = [e["loss"] for e in events(folder, "sim", "step")]
    expect(sum(losses[-10:]) < sum(losses[:10]), "it learns", losses)


def every_model(folder):
    """All that is shipped, LeNet among it, with the losses, layers, optimizers and metrics that stand in the files."""
    compared = 0
    for name in sorted(os.listdir(MODELS)):
        if not name.endswith(".ini"):
            continue
        home = os.path.join(folder, name)
        os.mkdir(home)
        data = tiny.overrides(home, name)
        shared = [model(name), *data, "train.batch_size=4", "train.steps=5", "log.every=1"]
        train(home, *shared, "--run-dir", "cpu")
        result = train(home, *shared, *SIM, "--run-dir", "sim")
        expect("warning" not in result.out + result.err, name, result.out, result.err)
        compared += same(home, "cpu", "sim", 1e-3)
    expect(compared >= 8 * 4, compared)


def across_devices(folder):
    """A checkpoint knows nothing of the device: what one began the other ends, in the middle of an epoch too."""
    digits(folder)
    ini = write(folder, "m.ini", MLP)
    train(folder, ini, "--run-dir", "whole")
    for first, second in (("sim", "cpu"), ("cpu", "sim"), ("sim", "sim:1")):
        name = f"{first}-{second}".replace(":", "")
        train(folder, ini, f"runtime.device={first}", "runtime.fallback=error", "train.steps=19", "--run-dir", name)
        result = train(folder, "--resume", name, f"runtime.device={second}", "train.steps=52")
        expect(f"changed  runtime.device: {first} -> {second}" in result.out, result.out)
        same(folder, name, "whole")


def weights_travel(folder):
    digits(folder)
    ini = write(folder, "m.ini", MLP)
    scores, tables = {}, {}
    for device in ("cpu", "sim"):
        train(folder, ini, f"runtime.device={device}", "train.epochs=2", "--run-dir", device)
        for there in ("cpu", "sim"):
            result = run("eval", device, f"runtime.device={there}", "runtime.fallback=error", "--json", cwd=folder, env=QUIET)
            expect_code(result, 0)
            scores[device, there] = json.loads(result.out)["valid"]
            expect("warning" not in result.err, result.err)
            out = run("predict", device, f"runtime.device={there}", "runtime.fallback=error", "--data", "valid", cwd=folder, env=QUIET)
            expect_code(out, 0)
            tables[device, there] = out.out
    wanted = scores["cpu", "cpu"]
    for where, score in scores.items():
        expect(score.keys() == wanted.keys() and all(near(score[k], wanted[k]) for k in wanted), where, score, wanted)
    expect(all(t.count("\n") == tables["cpu", "cpu"].count("\n") for t in tables.values()), "rows")


def what_it_cannot_do(folder):
    """Without its backend the device can do nothing: an error, a warning for each op, or nothing but the time it costs."""
    digits(folder, 40)
    ini = write(folder, "m.ini", MLP)
    bare = [ini, "runtime.backends=cpu", "runtime.device=sim", "train.steps=3"]
    result = run("train", *bare, "runtime.fallback=error", cwd=folder, env=QUIET)
    expect(result.code != 0 and "on sim:0: no kernel; sim: not enabled" in result.err, result.code, result.err)
    result = train(folder, *bare, "--run-dir", "warned")
    warned = [line for line in (result.out + result.err).splitlines() if line.startswith("warning: dispatch: ")]
    expect(len(warned) > 20 and all("on sim:0: cpu, with copies; sim: not enabled" in line for line in warned), result.out, result.err)
    result = train(folder, *bare, "runtime.fallback=allow", "--run-dir", "allowed")
    expect("warning" not in result.out + result.err, result.out, result.err)
    train(folder, *bare, "runtime.device=cpu", "--run-dir", "cpu")
    same(folder, "allowed", "cpu")
    same(folder, "warned", "cpu")


def no_such_device(folder):
    digits(folder, 40)
    ini = write(folder, "m.ini", MLP)
    for device, words in (("sim:2", "no device 'sim:2': 2 of this kind are present"), ("sum", "did you mean 'sim'"), ("sim:x", "is no device name")):
        result = run("train", ini, f"runtime.device={device}", cwd=folder, env=QUIET)
        expect(result.code != 0 and words in result.err and not os.path.exists(os.path.join(folder, "runs")), device, result.code, result.err)


def out_of_memory(folder):
    digits(folder, 40)
    ini = write(folder, "m.ini", MLP)
    result = train(folder, ini, *SIM, "runtime.memory_limit=1100000", code=1)
    expect("out of memory on sim:0" in result.err and "memory_limit" in result.err, result.err)


main([as_on_the_cpu, every_model, across_devices, weights_travel, what_it_cannot_do, no_such_device, out_of_memory])
