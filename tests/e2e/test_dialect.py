"""The dialect as a user types it: overrides that add and take away, the environment, resolved files that parse back, what check finds out
about the data, and that none of it writes a file."""
import glob
import os
from e2e import HERE, MODELS, expect, expect_code, main, model, run, write

GOOD = open(os.path.join(HERE, "good.ini")).read()
RICH = """[cplug]
format = 1
include = parts/blocks.ini

[vars]
width  = 4
twice  = ${2*width}
which  = spirals
depth  = 0x2

[data.train]
type    = synthetic
kind    = ${which}
samples = ${16 * twice}
noise   = 1e-2 ; a comment

[model]
input_shape = 2
name        = "rich; and # quoted"

[layer.stem]
type         = linear
out_features = ${twice}

[layer.body.0]
block  = residual
width  = ${twice}
repeat = ${depth}

[layer.body.1.extra]
type  = add
input = body.0, stem

[layer.head]
type         = linear
out_features = 3
bias         = false

[loss]
type = cross_entropy

[metrics]
names = accuracy, top_k k=2

[optimizer]
type  = adam
betas = 0.8, 0.99

[optimizer.bias]
parameters   = *.bias
weight_decay = 0

[scheduler]
type = step
step_size = 2

[train]
epochs     = 1
batch_size = 16
"""
BLOCKS = """[block.residual]
params = width
output = sum

[block.residual.inner]
block = pair
out   = ${width}

[block.residual.sum]
type  = add
input = inner, @in

[block.pair]
params = out

[block.pair.fc]
type         = linear
out_features = ${(out + 0) * 2 / 2}

[block.pair.act]
type = 'relu'
"""


def rich(folder):
    os.mkdir(os.path.join(folder, "parts"))
    write(folder, "parts/blocks.ini", BLOCKS)
    return write(folder, "rich.ini", RICH)


def one_message(result, code, *words):
    expect_code(result, code)
    for word in words:
        expect(word in result.err, "wanted", word, "got", result.err)


def resolved_files_parse_back(folder):
    paths = sorted(glob.glob(os.path.join(MODELS, "*.ini"))) + [rich(folder), write(folder, "good.ini", GOOD)]
    elsewhere = os.path.join(folder, "elsewhere")
    os.mkdir(elsewhere)
    for path in paths:
        first = run("check", path, "--print")
        expect_code(first, 0)
        expect("\nplugins = cplug 0." in first.out and "${" not in first.out and "[block" not in first.out, first.out)
        second = run("check", write(elsewhere, "again.ini", first.out), "--print", cwd=elsewhere)
        expect(first.out.replace(os.path.basename(path), "") == second.out.replace("again.ini", ""), path, first.out, second.out, second.err)
        count = [run("summary", p).out.splitlines()[-1] for p in (path, os.path.join(elsewhere, "again.ini"))]
        expect(count[0] == count[1], path, count)
    names = [line[7:-1] for line in run("check", os.path.join(folder, "rich.ini"), "--print").out.splitlines() if line.startswith("[layer.")]
    inner = [f"body.0.{i}.{n}" for i in (0, 1) for n in ("inner.fc", "inner.act", "sum")]
    expect(names == ["stem"] + inner + ["body.1.extra", "head"], names)


def overrides_add_and_take_away(folder):
    path = write(folder, "good.ini", GOOD)
    out = run("check", path, "--print", "+data.test.type=synthetic", "data.test.kind=moons", "+layer.more.type=relu", "--unset", "loss",
              "--set", "loss.type=cross_entropy", "--unset", "layer.fc1.out_features", "layer.fc1.out_features=5")
    expect_code(out, 0)
    expect("[data.test]\ntype = synthetic\nkind = moons" in out.out and "[layer.more]\ntype = relu" in out.out, out.out)
    expect("out_features = 5\n" in out.out, out.out)
    one_message(run("check", path, "--unset", "optimizer"), 3, "there is no [optimizer] section")
    one_message(run("check", path, "--unset", "layer.out.out_features"), 3, f"{path}:15:1: error: [layer.out] (linear) needs 'out_features'")
    for words, wanted in ((["--unset", "train.epoch"], ["command line:1:8: error: there is no key 'epoch' in [train]", "'epochs'"]),
                          (["--unset", "layer.fc2"], ["command line:1:2: error: there is no section [layer.fc2]", "'layer.fc1'"]),
                          (["data.valid.type=csv"], ["command line:1:1: error: there is no section [data.valid]"]),
                          (["layer.new.type=relu"], ["command line:1:1: error: there is no section [layer.new]", "+layer.new.type=relu to add it"]),
                          (["vars.x=3"], ["command line:1:6: error: there is no key 'x' in [vars]"]),
                          (["+Layer.x.type=relu"], ["command line:1:2: error: there is no section [Layer.x]"]),
                          (["train.epochs=2\n3"], ["command line:1:14: error: a value is one line of text"]),
                          (["model.name=" + "x" * 5000], ["command line:1:12: error: a value of 5000 bytes"]),
                          (["train.epochs=2", "optimizer.lr=fast"], ["command line:2:14: error: lr: expected a number", "\n  optimizer.lr=fast\n"])):
        one_message(run("check", path, *words), 3, *wanted)


def environment(folder):
    path = write(folder, "good.ini", GOOD.replace("[layer.fc1]", "[vars]\nn = 8\n\n[layer.fc1]").replace("= 8", "= ${n}", 1).replace("n = ${n}", "n = 8"))
    printed = run("check", path, "--print", "optimizer.lr=3", env={"CPLUG_TRAIN_EPOCHS": "7", "CPLUG_OPTIMIZER_LR": "2", "CPLUG_OPTIMIZER_EPS": "1e-3",
                  "CPLUG_LAYER_OUT_OUT_FEATURES": "4", "CPLUG_TRAIN_BATCH_SIZE": "2", "CPLUG_RUNTIME_SEED": "9", "CPLUG_VARS_N": "5"})
    expect_code(printed, 0)
    for word in ("epochs = 7", "lr = 3", "eps = 1e-3", "out_features = 4", "batch_size = 2", "seed = 9"):
        expect(f"\n{word}\n" in printed.out, word, printed.out)
    for name, value, wanted in (("CPLUG_TRAIN_EPOCH", "3", ["environment:1:1: error: unknown key 'CPLUG_TRAIN_EPOCH' in [train]", "did you mean 'CPLUG_TRAIN_EPOCHS'?"]),
                                ("CPLUG_TRAIN_EPOCHS", "x", ["environment:1:20: error: epochs: expected an integer"]),
                                ("CPLUG_LAYER_FC7_OUT_FEATURES", "3", ["environment:1:1: error: CPLUG_LAYER_FC7_OUT_FEATURES stands for no", "CPLUG_LAYER_FC1_OUT_FEATURES"]),
                                ("CPLUG_VARS_M", "3", ["environment:1:1: error: CPLUG_VARS_M stands for no"])):
        one_message(run("check", path, env={name: value}), 3, *wanted)
    expect_code(run("check", path, env={"CPLUG_LOG": "x", "CPLUG_PLUGIN_PATH": "/nowhere", "CPLUG_BUILD": "1", "CPLUG": "1", "CPLUGTRAIN_EPOCHS": "x"}), 0)
    data = write(folder, "points.csv", "a,b,c\n" + "1,2,0\n2,1,1\n3,0,2\n" * 4)
    text = GOOD.replace("type = synthetic\nkind = spirals", "type = csv\nfile = elsewhere.csv\ntarget = c\ntarget_type = class")
    path = write(folder, "csv.ini", text)
    os.mkdir(os.path.join(folder, "sub"))
    one_message(run("check", path, cwd=folder), 4, f"{path}:6:8: error: data.train:")
    expect_code(run("check", path, cwd=os.path.join(folder, "sub"), env={"CPLUG_DATA_TRAIN_FILE": "../points.csv"}), 0)
    expect_code(run("check", path, "data.train.file=points.csv", cwd=folder, env={"CPLUG_DATA_TRAIN_FILE": "wrong.csv"}), 0)
    expect(os.path.exists(data), data)


def check_goes_to_the_first_step(folder):
    path = write(folder, "good.ini", GOOD)
    before = sorted(os.listdir(folder))
    expect_code(run("check", path, cwd=folder), 0)
    for m in ("mnist-mlp.ini", "mnist-lenet.ini"):
        result = run("check", model(m), "data.train.root=absent", "data.valid.root=absent too", cwd=folder)
        one_message(result, 4, "command line:1:17: error: data.train:", "command line:2:17: error: data.valid:", os.path.join(folder, "absent"))
    one_message(run("check", path, "loss.type=mse", cwd=folder), 3, f"command line:1:11: error: loss mse compares numbers, but the targets of data.train (synthetic) are classes")
    one_message(run("check", path, "metrics.names=mae", cwd=folder), 3, "command line:1:15: error: metrics:")
    one_message(run("check", path, "data.train.classes=4", cwd=folder), 3, f"{path}:15:1: error: the model ends in layer 'out' with 3 outputs")
    one_message(run("train", path, "data.train.classes=4", cwd=folder), 3, f"{path}:15:1: error: the model ends in layer 'out' with 3 outputs")
    one_message(run("check", path, "+optimizer.none.parameters=no.such", cwd=folder), 3, "command line:1:28: error: no parameter of the model is called 'no.such'")
    one_message(run("check", path, "+data.test.type=synthetic", "data.test.kind=digits", cwd=folder), 3, "input_shape is 2, but the samples of data.test")
    expect(sorted(os.listdir(folder)) == before, "check wrote", os.listdir(folder))


def includes_are_bounded(folder):
    for i in range(12):
        write(folder, f"deep{i}.ini", f"[cplug]\nformat = 1\ninclude = deep{i + 1}.ini\n")
    one_message(run("check", os.path.join(folder, "deep0.ini")), 3, "deep8.ini:3:11: error: files include each other more than 8 deep")
    for i in range(8):
        write(folder, f"wide{i}.ini", "[cplug]\nformat = 1\ninclude = " + ", ".join([f"wide{i + 1}.ini"] * 20) + "\n")
    write(folder, "wide8.ini", "[cplug]\nformat = 1\n")
    one_message(run("check", os.path.join(folder, "wide0.ini")), 3, "more than 256 of them")
    for name, to in (("a", "b"), ("b", "c"), ("c", "a")):
        write(folder, name + ".ini", f"[cplug]\nformat = 1\ninclude = {to}.ini\n")
    one_message(run("check", "a.ini", cwd=folder), 3, "c.ini:3:11: error: a file includes itself: a.ini -> b.ini -> c.ini -> a.ini")


def many_mistakes(folder):
    text = GOOD + "".join(f"\n[layer.l{i}]\ntype = relu\nx = {i}\n" for i in range(40))
    result = run("check", write(folder, "many.ini", text))
    expect_code(result, 3)
    expect(result.err.count(": error: ") == 20 and result.err.rstrip().endswith("and 20 more"), result.err)
    result = run("check", write(folder, "noise.ini", "x\n" * 200000))
    expect_code(result, 3)
    expect(result.err.rstrip().endswith("and 199980 more"), result.err[-200:])


def at_once(folder):
    """What one stage of the checks finds hides nothing of the others: a backend, an option, layers that do not fit, a component."""
    text = GOOD.replace("[loss]", "[layer.conv]\ntype = conv2d\nout_channels = 2\nkernel_size = 3\n\n[loss]").replace("adam", "adam\nlrr = 1")
    result = run("check", write(folder, "many.ini", text + "\n[runtime]\nbackends = openblass, cpu\n"), "train.epochs=1e1")
    expect_code(result, 3)
    for words in ("error: layer 'conv' (conv2d) cannot take the output of 'out' f32 [1, 3]", "unknown key 'lrr'", "did you mean 'lr'?",
                  ":12: error: no backend is called 'openblass'", "did you mean 'openblas'?", "command line:1:14: error: epochs: expected", "did you mean '10'?"):
        expect(words in result.err, words, result.err)
    expect(result.err.count(" error: ") == 4, result.err)
    one_message(run("check", write(folder, "runtime.ini", GOOD + "\n[runtime]\ndevice = abacus\n")), 5, ":29:10: error: no device is called 'abacus'")


def words_from_elsewhere(folder):
    """The command line in another order, a type that comes from another file, variables of the environment that are misspelt."""
    path = write(folder, "good.ini", GOOD + "\n[scheduler]\ntype = step\nstep_size = 2\n")
    expect_code(run("check", "train.epochs=3", path, "optimizer.lr=1e-3"), 0)
    one_message(run("check", path, "scheduler.type=cosine"), 3, "type = cosine stands in command line:1; --unset scheduler.step_size takes this key away")
    expect_code(run("check", path, "scheduler.type=cosine", "--unset", "scheduler.step_size"), 0)
    one_message(run("check", path, env={"CPLUG_TRIAN_EPOCHS": "3"}), 3, "environment:1:1: error: CPLUG_TRIAN_EPOCHS stands for no section", "'CPLUG_TRAIN_EPOCHS'")
    expect_code(run("check", path, env={"CPLUG_TRAINS_DIR": "3", "CPLUG_X": "1"}), 0)
    write(folder, "new.ini", "[cplug]\nformat = 7\n")
    one_message(run("check", write(folder, "old.ini", GOOD.replace("format = 1", "format = 1\ninclude = new.ini"))), 3, "new.ini:2:10: error: format 7")
    os.mkfifo(os.path.join(folder, "pipe.ini"))
    one_message(run("check", os.path.join(folder, "pipe.ini")), 3, "pipe.ini' is no regular file")


def large_files(folder):
    layers = "[cplug]\nformat = 1\n\n[model]\ninput_shape = 2\n\n"
    one_message(run("summary", write(folder, "repeat.ini", layers + "[layer.l]\ntype = relu\nrepeat = 100000\n")), 3, "expected an integer from 1 to 20000")
    one_message(run("summary", write(folder, "more.ini", layers + "[layer.k]\ntype = relu\n[layer.l]\ntype = relu\nrepeat = 20000\n")), 3, "more than 20000 layers")
    one_message(run("check", write(folder, "s.ini", layers + "".join(f"[layer.l{i}]\n" for i in range(30000)))), 3, "more than 25000 sections")
    one_message(run("check", write(folder, "k.ini", layers + "[vars]\n" + "".join(f"k{i} = 1\n" for i in range(20000)))), 3, "more than 10000 keys in a section")
    bomb = "".join(f"[block.b{i}]\n" + "".join(f"[block.b{i}.x{k}]\nblock = b{i + 1}\nrepeat = 1000\n" for k in range(10)) for i in range(14))
    one_message(run("check", write(folder, "b.ini", layers + bomb + "[block.b14]\n[layer.a]\nblock = b0\n")), 3, "more than 20000 blocks")
    expect_code(run("summary", write(folder, "many.ini", layers + "".join(f"[layer.l{i}]\ntype = relu\n" for i in range(3000)))), 0)


main([resolved_files_parse_back, overrides_add_and_take_away, environment, check_goes_to_the_first_step, includes_are_bounded, many_mistakes, at_once, words_from_elsewhere, large_files])
