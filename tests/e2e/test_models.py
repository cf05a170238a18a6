"""Building models: parameter counts of the shipped files, blocks, repeats, wires, dotted names, the resolved file."""
import csv
import json
import os
import tiny
from e2e import MODELS, expect, expect_code, main, model, run, write

HEAD = "[cplug]\nformat = 1\n\n[model]\ninput_shape = 3,8,8\n\n"
BLOCK = """[block.basic]
params = out
output = relu2

[block.basic.conv1]
type         = conv2d
input        = @in
out_channels = ${out}
kernel_size  = 3
padding      = 1
bias         = false

[block.basic.bn1]
type = batch_norm2d

[block.basic.relu1]
type = relu

[block.basic.add]
type  = add
input = relu1, @in

[block.basic.relu2]
type = relu

"""
NET = HEAD + "[vars]\nwidth = 4\n\n" + BLOCK + """[layer.stem]
type         = conv2d
out_channels = ${2*width}
kernel_size  = 1

[layer.layer1]
block  = basic
out    = ${2 * width}
repeat = 2

[layer.layer2.0.conv1]
type         = conv2d
out_channels = ${(width+4)/2}
kernel_size  = 3

[layer.flat]
type = flatten

[layer.fc]
type         = linear
out_features = 10
"""


def counts(folder):
    for name, parameters in (("mnist-lenet.ini", 61706), ("mnist-mlp.ini", 109386), ("line.ini", 97), ("spirals.ini", 4547),
                             ("quickstart.ini", 52266), ("mnist-tuned.ini", 535818), ("fashion-mlp.ini", 235146), ("iris.ini", 131), ("housing.ini", 17793)):
        result = run("summary", model(name), "--json")
        expect_code(result, 0)
        expect(json.loads(result.out)["parameters"] == parameters, name, result.out)


def costs(folder):
    """LeNet-5: C1 28*28*6*25, C3 10*10*16*150, F5 400*120, F6 120*84, out 84*10."""
    report = json.loads(run("summary", model("mnist-lenet.ini"), "--json").out)
    wanted = {"c1": 117600, "c3": 240000, "f5": 48000, "f6": 10080, "out": 840}
    got = {layer["name"]: layer["multiply_adds"] for layer in report["layers"] if layer["multiply_adds"]}
    expect(got == wanted and report["multiply_adds"] == sum(wanted.values()), report)
    sizes = [6 * 784, 6 * 784, 6 * 196, 1600, 1600, 400, 400, 120, 120, 84, 84, 10]
    expect(report["weight_bytes"] == 4 * 61706 and report["output_bytes"] == 4 * 64 * sum(sizes) and report["batch_size"] == 64, report)
    lines = run("summary", model("mnist-lenet.ini")).out.splitlines()
    expect(lines[-2] == "61706 parameters, 61706 trainable, 0 frozen" and "416520 multiply-adds" in lines[-1], *lines)


def blocks(folder):
    path = write(folder, "net.ini", NET)
    result = run("summary", path, "--json")
    expect_code(result, 0)
    summary = json.loads(result.out)
    names = [layer["name"] for layer in summary["layers"]]
    wanted = ["stem"] + [f"layer1.{i}.{n}" for i in (0, 1) for n in ("conv1", "bn1", "relu1", "add", "relu2")] + ["layer2.0.conv1", "flat", "fc"]
    expect(names == wanted, names)
    conv = 8 * 8 * 9
    expect(summary["parameters"] == (3 * 8 + 8) + 2 * (conv + 16) + (8 * 4 * 9 + 4) + (4 * 36 * 10 + 10), summary["parameters"])
    expect(json.loads(run("summary", path, "vars.width=8", "--json").out)["parameters"] > summary["parameters"], "vars on the command line")


def resolved(folder):
    needs = "\n[loss]\ntype = cross_entropy\n\n[optimizer]\ntype = adam\n\n[data.train]\ntype = synthetic\n\n[train]\nepochs = 1\n"
    path = write(folder, "net.ini", NET + needs)
    first = run("check", path, "--print")
    expect_code(first, 0)
    second = run("check", write(folder, "again.ini", first.out), "--print")
    expect_code(second, 0)
    expect(first.out == second.out, first.out, second.out)
    for name in shipped():
        first = run("check", model(name), "--print", *tiny.overrides(folder, name))
        expect_code(first, 0)
        second = run("check", write(folder, name, first.out), "--print")
        expect(first.out == second.out, first.out, second.out, second.err)


def shipped():
    return sorted(name for name in os.listdir(MODELS) if name.endswith(".ini"))


def whole_way(folder):
    """Every shipped model: checked, trained, evaluated and predicted with, on data of a few samples."""
    expect(len(shipped()) >= 9, shipped())
    for name in shipped():
        data = tiny.overrides(folder, name)
        expect_code(run("check", model(name), *data, cwd=folder), 0)
        result = run("train", model(name), "train.epochs=1", "--run-dir", name, *data, cwd=folder)
        expect_code(result, 0)
        expect_code(run("eval", name, cwd=folder), 0)
        result = run("predict", name, cwd=folder)
        expect_code(result, 0)
        samples = json.loads(run("eval", name, "--json", cwd=folder).out)["samples"]
        expect(len(result.out.splitlines()) == samples + 1 > 1, name, samples, result.out[:200])


def figures(folder):
    """What the page of models says of iris, where its data are."""
    path = os.path.join(os.path.dirname(MODELS), "data", "iris.csv")
    if not os.path.exists(path):
        print("skipped: figures: there is no data/iris.csv")
        return
    for seed in (0, 1, 2):
        expect_code(run("train", model("iris.ini"), f"runtime.seed={seed}", "--run-dir", f"iris{seed}", cwd=folder), 0)
        expect_code(run("eval", f"iris{seed}", "--min", "accuracy=0.97", cwd=folder), 0)


def metrics_table(folder):
    """metrics.csv is a plain table: a head, as many cells in each line, numbers or nothing; NumPy's or pandas' reader needs no options."""
    for extra, rows in (((), 4), (("train.valid_every=2",), 4), (("metrics.names=accuracy,confusion_matrix", "train.valid_every=3"), 4)):
        name = f"run{len(os.listdir(folder))}"
        expect_code(run("train", model("spirals.ini"), "train.epochs=4", "--run-dir", name, *extra, cwd=folder), 0)
        path = os.path.join(folder, name, "metrics.csv")
        with open(path, newline="") as f:
            table = list(csv.reader(f))
        head = table[0]
        expect(len(table) == rows + 1 and head[:5] == ["epoch", "step", "lr", "train_loss", "seconds"] and "valid_accuracy" in head, table)
        expect(len(set(head)) == len(head) and all(len(row) == len(head) for row in table), "lines of unequal length", table)
        for row in table[1:]:
            expect(all(cell == "" or float(cell) >= 0 for cell in row) and "" not in row[:5], row)
        expect("" not in table[-1], "the last epoch is validated", table[-1])
        try:
            import pandas
        except ImportError:
            continue
        frame = pandas.read_csv(path)
        expect(list(frame.columns) == head and len(frame) == rows and all(d.kind in "if" for d in frame.dtypes), frame.dtypes)


def recursive_block(folder):
    text = HEAD + "[block.a]\n\n[block.a.b]\nblock = a\n\n[layer.x]\nblock = a\n"
    result = run("check", write(folder, "r.ini", text))
    expect_code(result, 3)
    expect("contain itself" in result.err, result.err)


def groups(folder):
    text = open(model("spirals.ini")).read() + "\n[optimizer.bias]\nparameters = *.bias\nlr = 0\n"
    path = write(folder, "groups.ini", text)
    result = run("train", path, "train.epochs=1", "--json", cwd=folder)
    expect_code(result, 0)
    result = run("check", path, "optimizer.bias.lrr=1")
    expect_code(result, 3)
    expect("did you mean 'lr'?" in result.err, result.err)


main([counts, costs, blocks, resolved, whole_way, figures, metrics_table, recursive_block, groups])
