"""Building models: parameter counts of the shipped files, blocks, repeats, wires, dotted names, the resolved file."""
import json
from e2e import expect, expect_code, main, model, run, write

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
    for name, parameters in (("mnist-lenet.ini", 61706), ("mnist-mlp.ini", 109386), ("line.ini", 97), ("spirals.ini", 4547)):
        result = run("summary", model(name), "--json")
        expect_code(result, 0)
        expect(json.loads(result.out)["parameters"] == parameters, name, result.out)


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
    for name in ("quickstart.ini", "line.ini", "spirals.ini", "mnist-mlp.ini", "mnist-lenet.ini"):
        first = run("check", model(name), "--print")
        expect_code(first, 0)
        second = run("check", write(folder, name, first.out), "--print")
        expect(first.out == second.out, first.out, second.out, second.err)


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


main([counts, blocks, resolved, recursive_block, groups])
