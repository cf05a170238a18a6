"""Runs that stop and go on: to the bit as if they had never stopped, whatever stopped them; and what is said when they cannot."""
import csv
import json
import os
import shutil
import signal
import subprocess
import time
import zlib
from e2e import RUN, expect, expect_code, main, run, write

MODEL = """[cplug]
format = 1
[data.train]
type = synthetic
kind = spirals
samples = 1300
[data.valid]
type = synthetic
kind = spirals
split = valid
samples = 200
[model]
name = spiral
input_shape = 2
[layer.fc1]
type = linear
out_features = 24
[layer.act1]
type = relu
[layer.out]
type = linear
out_features = 3
[loss]
type = cross_entropy
[metrics]
names = accuracy
[optimizer]
type = adam
lr = 1e-2
[train]
epochs = 4
batch_size = 32
"""
STEPS = 41  # of an epoch
DROPOUT = "[layer.act1]\ntype = relu\n", "[layer.act1]\ntype = relu\n[layer.norm]\ntype = batch_norm1d\n[layer.drop]\ntype = dropout\np = 0.3\n"
QUIET = {"OMP_NUM_THREADS": "1"}


def train(folder, *args, code=0):
    result = run("train", *args, cwd=folder, env=QUIET)
    expect_code(result, code)
    return result


def content(*path):
    with open(os.path.join(*path), "rb") as f:
        return f.read()


def table(folder, name):
    """metrics.csv without the times."""
    with open(os.path.join(folder, name, "metrics.csv"), newline="") as f:
        return [{k: v for k, v in row.items() if k != "seconds"} for row in csv.DictReader(f)]


def checkpoints(folder, name):
    return sorted(d for d in os.listdir(os.path.join(folder, name, "checkpoints")) if d.startswith("step-"))


def same(folder, one, other, what):
    """The same weights, optimizer state and figures, and nothing left lying about."""
    expect(content(folder, one, "model.safetensors") == content(folder, other, "model.safetensors"), what, "other weights")
    last = [checkpoints(folder, name)[-1] for name in (one, other)]
    expect(last[0] == last[1], what, last)
    states = [content(folder, name, "checkpoints", last[0], "optimizer.safetensors") for name in (one, other)]
    expect(states[0] == states[1], what, "other optimizer state")
    expect(table(folder, one) == table(folder, other), what, table(folder, one), table(folder, other))
    left = [f for name in (one, os.path.join(one, "checkpoints")) for f in os.listdir(os.path.join(folder, name)) if f.startswith(".")]
    expect(not left, what, left)


# What may differ between two trainings, and between the two halves of one.
VARIANTS = [
    # name, change of the model, overrides of both, overrides of the second half only
    ("sgd", None, ["optimizer.type=sgd", "optimizer.momentum=0.9", "train.clip_norm=1"], []),
    ("adam with a schedule", None, ["scheduler.type=cosine"], []),
    ("plateau", None, ["scheduler.type=plateau", "scheduler.patience=0", "scheduler.threshold=0.5"], []),
    ("dropout and running statistics", DROPOUT, [], []),
    ("more workers", DROPOUT, [], ["data.train.workers=3", "data.train.prefetch=5"]),
    ("fewer workers", None, ["data.train.workers=2"], ["data.train.workers=0"]),
    ("threads", None, ["runtime.threads=1"], ["runtime.threads=2"]),
    ("accumulated", DROPOUT, ["train.accumulate=3", "train.batch_size=16"], []),
    ("rare validation", None, ["train.valid_every=3"], []),
    ("a last batch left out", None, ["data.train.drop_last=true"], []),
    ("seed", DROPOUT, ["runtime.seed=77"], []),
    ("best", None, ["checkpoint.best=valid_accuracy", "checkpoint.keep=2"], []),
    ("on a device that computes behind our back", DROPOUT, ["runtime.device=sim"], []),
]


def in_the_middle(folder):
    """Stopped by train.steps at a known place, then on to the end of the same file."""
    for name, change, both, second in VARIANTS:
        home = os.path.join(folder, name)
        os.mkdir(home)
        ini = write(home, "m.ini", MODEL.replace(*change) if change else MODEL)
        train(home, ini, "--run-dir", "whole", *both)
        steps = 2 * STEPS + 17 if "accumulated" not in name else 61
        train(home, ini, "--run-dir", "two", f"train.steps={steps}", *both)
        result = train(home, ini, "--resume", "two", *both, *second)
        expect(f"changed  train.steps: {steps} -> (not there)" in result.out, name, result.out)
        same(home, "two", "whole", name)


def at_the_end_of_an_epoch(folder):
    ini = write(folder, "m.ini", MODEL)
    train(folder, ini, "--run-dir", "whole", "scheduler.type=step", "scheduler.step_size=1")
    train(folder, ini, "--run-dir", "two", "train.epochs=3", "scheduler.type=step", "scheduler.step_size=1")
    expect("has reached its end already" in train(folder, "--resume", "two").out, "nothing left to do")
    expect(len(table(folder, "two")) == 3, "a finished run keeps its table")
    result = train(folder, "--resume", "two", "train.epochs=4")
    expect("changed  train.epochs: 3 -> 4" in result.out, result.out)
    same(folder, "two", "whole", "three epochs and one")
    expect("epochs = 3" in content(folder, "two", "config-1.ini").decode() and "epochs = 4" in content(folder, "two", "config.ini").decode(),
           "both files are kept")
    events = [json.loads(line) for line in open(os.path.join(folder, "two", "metrics.jsonl"))]
    expect([e["epoch"] for e in events if e["type"] == "epoch"] == [1, 2, 3, 4], events)
    expect(any(e["type"] == "resume" for e in events), events)


SLOW = ["data.train.samples=200000", "train.batch_size=8", "data.valid.samples=2000"]  # an epoch is long enough to fall into


def start(folder, *args):
    return subprocess.Popen([RUN, "train", *args], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env=dict(os.environ, **QUIET))


def stop_in_epoch_3(folder, number, *args):
    process = start(folder, *args)
    while True:
        line = process.stdout.readline()
        expect(line, "training ended before it could be stopped")
        if line.startswith("epoch 2/"):
            break
    time.sleep(0.05)
    process.send_signal(number)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def signals(folder):
    ini = write(folder, "m.ini", MODEL.replace(*DROPOUT))
    train(folder, ini, *SLOW, "--run-dir", "whole")
    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)):
        name = f"run with 'quotes' {code}"
        got, out, err = stop_in_epoch_3(folder, number, ini, *SLOW, "--run-dir", name)
        expect(got == code, number, got, err)
        expect("interrupted at epoch 3 " in err and "resume with: cplug-run train --resume " in err, err)
        command = next(line for line in err.splitlines() if line.startswith("resume with: ")).removeprefix("resume with: cplug-run")
        done = subprocess.run(["sh", "-c", f'"$0" {command} data.train.workers={code % 3}', RUN], cwd=folder, capture_output=True, text=True, env=dict(os.environ, **QUIET))
        expect(done.returncode == 0, done.stdout, done.stderr)
        same(folder, name, "whole", number)


def killed(folder):
    ini = write(folder, "m.ini", MODEL.replace(*DROPOUT))
    train(folder, ini, *SLOW, "--run-dir", "whole")
    for extra in ([], ["checkpoint.every_steps=500"]):
        name = f"killed{len(extra)}"
        got, out, err = stop_in_epoch_3(folder, signal.SIGKILL, ini, *SLOW, *extra, "--run-dir", name)
        expect(got == -signal.SIGKILL, got, err)
        expect(not os.path.exists(os.path.join(folder, name, "model.safetensors")), "the run was not finished")
        result = run("eval", name, cwd=folder)
        expect_code(result, 0)
        expect("was not finished: its newest checkpoint" in result.err, result.err)
        train(folder, "--resume", name)
        same(folder, name, "whole", extra)


def while_validating(folder):
    """A signal during the validation leaves it; the epoch is not over, and its figures come out the same later."""
    ini = write(folder, "m.ini", MODEL)
    long = ["data.valid.samples=4000000", "train.epochs=2", "train.batch_size=4"]
    train(folder, ini, "data.valid.samples=4000000", "train.epochs=2", "train.batch_size=4", "data.train.samples=40", "data.valid.limit=2000", "--run-dir", "whole")
    process = start(folder, ini, *long, "data.train.samples=40", "--run-dir", "cut")
    while "model" not in process.stdout.readline():
        pass
    time.sleep(0.5)
    begun = time.time()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    expect(process.returncode == 130 and time.time() - begun < 5, process.returncode, time.time() - begun, err)
    expect("interrupted at epoch 1 step 10:" in err, err)
    train(folder, "--resume", "cut", "data.valid.limit=2000")
    same(folder, "cut", "whole", "stopped in the validation")


def on_demand(folder):
    """SIGUSR1 saves and goes on."""
    ini = write(folder, "m.ini", MODEL)
    process = start(folder, ini, *SLOW, "train.epochs=1000", "checkpoint.every=0", "--run-dir", "r")
    process.stdout.readline()
    while not process.stdout.readline().startswith("epoch"):
        pass
    expect(not os.path.exists(os.path.join(folder, "r", "checkpoints")), "every=0 saves only at the end")
    process.send_signal(signal.SIGUSR1)
    while "saved    r/checkpoints/step-" not in (line := process.stdout.readline()):
        expect(line, "no checkpoint was saved")
    expect("epoch" in process.stdout.readline(), "training goes on")
    other = run("train", "--resume", "r", cwd=folder)
    expect_code(other, 1)
    expect("another process is training in r" in other.err, other.err)
    process.send_signal(signal.SIGINT)
    expect(process.wait(60) == 130, process.returncode)


def kept_and_best(folder):
    ini = write(folder, "m.ini", MODEL)
    train(folder, ini, "train.epochs=9", "checkpoint.keep=2", "checkpoint.best=valid_accuracy", "--run-dir", "r")
    rows = table(folder, "r")
    best = max(rows, key=lambda row: (float(row["valid_accuracy"]), -int(row["epoch"])))
    expect(content(folder, "r", "checkpoints", "best").decode() == f"step-{int(best['step']):08}\n", best, content(folder, "r", "checkpoints", "best"))
    expect(set(checkpoints(folder, "r")) == {f"step-{int(row['step']):08}" for row in rows[-2:] + [best]}, checkpoints(folder, "r"))
    score = json.loads(run("eval", "r", "--checkpoint", "best", "--json", cwd=folder).out)["valid"]
    expect(abs(score["accuracy"] - float(best["valid_accuracy"])) < 1e-6, score, best)
    for name in ("latest", f"step-{int(rows[-1]['step']):08}"):
        expect(run("eval", "r", "--checkpoint", name, cwd=folder).out == run("eval", "r", cwd=folder).out, name)
    expect(run("eval", f"r/checkpoints/{checkpoints(folder, 'r')[-1]}", cwd=folder).out == run("eval", "r", cwd=folder).out, "a checkpoint as run")
    expect_code(run("eval", "r", "--checkpoint", "step-00000001", cwd=folder), 4)
    expect_code(run("eval", "r", "--checkpoint", "newest", cwd=folder), 2)
    result = train(folder, ini, "checkpoint.best=valid_acuracy", "--run-dir", "wrong", code=3)
    expect("train_loss, valid_loss, valid_accuracy" in result.err and not os.path.exists(os.path.join(folder, "wrong")), result.err)
    train(folder, ini, "train.epochs=1", "--run-dir", "plain")
    result = run("eval", "plain", "--checkpoint", "best", cwd=folder)
    expect_code(result, 4)
    expect("keeps no best checkpoint" in result.err, result.err)


def automatic(folder):
    ini = write(folder, "m.ini", MODEL)
    train(folder, ini, "--resume=auto")
    expect(os.listdir(os.path.join(folder, "runs")) == ["spiral-1"], "nothing to go on with: a fresh run")
    code, out, err = stop_in_epoch_3(folder, signal.SIGINT, ini, *SLOW)
    expect(code == 130, code, err)
    train(folder, ini, *SLOW, "--resume=auto")
    expect(sorted(os.listdir(os.path.join(folder, "runs"))) == ["spiral-1", "spiral-2"], os.listdir(os.path.join(folder, "runs")))
    expect(len(table(folder, "runs/spiral-2")) == 4, table(folder, "runs/spiral-2"))
    train(folder, ini, "--resume", "auto")
    expect(len(os.listdir(os.path.join(folder, "runs"))) == 3, "both are finished: a fresh run")
    job = (ini, "--resume=auto", "--run-dir", "job")  # what a script starts again and again
    os.mkdir(os.path.join(folder, "job"))
    for name in ("config.ini", "log.txt", "metrics.jsonl", "metrics.csv"):  # of a start that was killed before its first checkpoint
        write(folder, f"job/{name}", "half a li")
    train(folder, *job, "train.epochs=2")
    train(folder, *job)
    expect("has reached its end already" in train(folder, *job).out, "a finished job")
    same(folder, "job", "runs/spiral-1", "a job in three starts")


def callbacks(folder):
    """What callbacks remember goes along: early stopping counts on."""
    ini = write(folder, "m.ini", MODEL + "[callback.stop]\ntype = early_stopping\nmonitor = valid_loss\npatience = 2\nmin_delta = 0.9\n")
    train(folder, ini, "train.epochs=20", "--run-dir", "whole")
    last = int(table(folder, "whole")[-1]["epoch"])
    expect(2 < last < 20, table(folder, "whole"))
    train(folder, ini, "train.epochs=20", f"train.steps={(last - 1) * STEPS - 5}", "--run-dir", "two")
    train(folder, ini, "train.epochs=20", "--resume", "two")
    same(folder, "two", "whole", f"early stopping after epoch {last}")
    ini = write(folder, "b.ini", MODEL + "[callback.keep]\ntype = best_checkpoint\nmonitor = valid_accuracy\n")
    train(folder, ini, "train.epochs=8", "--run-dir", "best")
    rows = table(folder, "best")
    best = max(rows, key=lambda row: (float(row["valid_accuracy"]), -int(row["epoch"])))
    expect(f"step-{int(best['step']):08}" in checkpoints(folder, "best"), best, checkpoints(folder, "best"))
    score = json.loads(run("eval", "best", "--checkpoint", "best", "--json", cwd=folder).out)["valid"]
    expect(abs(score["accuracy"] - float(best["valid_accuracy"])) < 1e-6, score, best)


def checksums(folder):
    """What state.json says of the files, by an implementation that is not ours."""
    ini = write(folder, "m.ini", MODEL)
    train(folder, ini, "train.epochs=1", "--run-dir", "r")
    home = os.path.join(folder, "r", "checkpoints", checkpoints(folder, "r")[0])
    text = content(home, "state.json")
    state = json.loads(text)
    expect(int(state["crc32"], 16) == zlib.crc32(text.partition(b"\n")[2]), text)
    expect(set(state["files"]) == set(os.listdir(home)) - {"state.json"}, state["files"], os.listdir(home))
    for name, file in state["files"].items():
        expect(int(file["crc32"], 16) == zlib.crc32(content(home, name)) and file["bytes"] == len(content(home, name)), name, file)


def other_models(folder):
    ini = write(folder, "m.ini", MODEL)
    train(folder, ini, "train.epochs=1", "--run-dir", "r")
    before = content(folder, "r", "model.safetensors"), content(folder, "r", "config.ini")
    result = train(folder, ini, "--resume", "r", "layer.fc1.out_features=48", code=4)
    for line in ("fc1.weight: f32 [48, 2] here, f32 [24, 2] in the checkpoint", "out.weight: f32 [3, 48] here, f32 [3, 24] in the checkpoint"):
        expect(line in result.err, line, result.err)
    more = write(folder, "more.ini", MODEL.replace("[layer.out]", "[layer.fc2]\ntype = linear\nout_features = 24\n[layer.out]"))
    expect("fc2.weight: f32 [24, 24] here, not in the checkpoint" in train(folder, more, "--resume", "r", code=4).err, "an extra layer")
    expect("norm.weight" in train(folder, write(folder, "n.ini", MODEL.replace(*DROPOUT)), "--resume", "r", code=4).err, "a norm")
    wide = MODEL.replace("[layer.out]", "".join(f"[layer.more{i}]\ntype = linear\nout_features = 24\n" for i in range(15)) + "[layer.out]")
    expect("and 10 more" in train(folder, write(folder, "w.ini", wide), "--resume", "r", code=4).err, "a long list")
    expect(before == (content(folder, "r", "model.safetensors"), content(folder, "r", "config.ini")), "a refused run is left alone")
    result = train(folder, "--resume", "r", "train.epochs=2", "optimizer.type=sgd", "optimizer.lr=0.1", *(f"--unset=optimizer.{k}" for k in ("betas", "eps", "amsgrad", "decoupled_weight_decay")))
    expect("the optimizer's state does not fit (adam then, sgd now)" in result.err, result.err)
    expect("changed  optimizer.type: adam -> sgd" in result.out, result.out)
    expect(table(folder, "r")[-1]["lr"] == "0.1", table(folder, "r"))
    result = train(folder, "--resume", "r", "train.epochs=3", "train.batch_size=64", "data.train.samples=900")
    expect(len(table(folder, "r")) == 3, table(folder, "r"))


def nothing_there(folder):
    ini = write(folder, "m.ini", MODEL)
    os.mkdir(os.path.join(folder, "empty"))
    for args, words in ((["--resume", "absent"], "there is no run 'absent'"), (["--resume", "empty"], "there is no config.ini in it"),
                        ([ini, "--resume", "absent"], "there is no run 'absent'"), ([ini, "--resume", "empty"], "empty has no checkpoint")):
        result = train(folder, *args, code=4)
        expect(words in result.err, words, result.err)
    expect(os.listdir(os.path.join(folder, "empty")) == [], "an empty directory stays empty")
    expect_code(run("train", "--resume", "auto", cwd=folder), 2)
    train(folder, ini, "train.epochs=1", "--run-dir", "r")
    expect_code(run("train", ini, "--resume", "r", "--run-dir", "s", cwd=folder), 2)
    expect_code(run("train", ini, "--resume", "r", "--weights", "r/model.safetensors", cwd=folder), 2)
    only = checkpoints(folder, "r")[0]
    expect("is a checkpoint: name the run" in train(folder, "--resume", f"r/checkpoints/{only}", code=4).err, "a checkpoint is no run")
    shutil.rmtree(os.path.join(folder, "r", "checkpoints"))
    expect("r has no checkpoint" in train(folder, "--resume", "r", code=4).err, "without checkpoints")
    expect_code(train(folder, ini, "--run-dir", "r", code=2), 2)


def damaged(folder):
    """A checkpoint that is not whole is named, and the one before it is used."""
    ini = write(folder, "m.ini", MODEL)
    train(folder, ini, "--run-dir", "whole")
    harm = {
        "state.json": lambda text: text.replace(b'"step"', b'"stop"'),
        "model.safetensors": lambda text: text[:-1] + bytes([text[-1] ^ 1]),
        "optimizer.safetensors": lambda text: text[:100],
        "absent": None,
        "empty state": lambda text: b"",
        "no json": lambda text: os.urandom(200),
    }
    for name, change in harm.items():
        run_dir = f"harmed by {name}"
        train(folder, ini, "train.epochs=3", "checkpoint.keep=2", "--run-dir", run_dir)
        last = checkpoints(folder, run_dir)[-1]
        path = os.path.join(folder, run_dir, "checkpoints", last, name if "." in name else "state.json")
        if change:
            text = content(path)
            write(folder, path, change(text))
        else:
            os.unlink(path)
        result = train(folder, "--resume", run_dir, "train.epochs=4", "checkpoint.keep=1")
        expect(f"{run_dir}/checkpoints/{last} is not used" in result.err, result.err)
        expect("step-00000082" in result.out, result.out)
        same(folder, run_dir, "whole", name)
    train(folder, ini, "train.epochs=1", "--run-dir", "r")
    write(folder, f"r/checkpoints/{checkpoints(folder, 'r')[0]}/state.json", b"{}")
    result = train(folder, "--resume", "r", code=4)
    expect("none of the 1 checkpoints" in result.err and "state.json is damaged" in result.err, result.err)
    expect_code(run("eval", "r", "--checkpoint", "latest", cwd=folder), 4)
    expect_code(run("eval", "r", cwd=folder), 0)


def not_a_number(folder):
    """The last good checkpoint stays, is named, and can be gone on from with a lower learning rate."""
    ini = write(folder, "m.ini", MODEL.replace("type = adam\nlr = 1e-2", "type = sgd\nlr = 1e-2"))
    train(folder, ini, "train.epochs=2", "--run-dir", "r")
    good = checkpoints(folder, "r")[-1]
    result = train(folder, "--resume", "r", "train.epochs=4", "optimizer.lr=1e20", code=6)
    expect(f"the last good checkpoint is r/checkpoints/{good}" in result.err and "cplug-run train --resume r" in result.err, result.err)
    expect(checkpoints(folder, "r") == [good], checkpoints(folder, "r"))
    train(folder, "--resume", "r", "train.epochs=4", "optimizer.lr=1e-2")
    train(folder, ini, "--run-dir", "whole")
    same(folder, "r", "whole", "after the accident")
    result = train(folder, ini, "optimizer.lr=1e20", "--run-dir", "never", code=6)
    expect("no checkpoint was saved before that" in result.err, result.err)
    expect(not os.path.exists(os.path.join(folder, "never", "model.safetensors")), "weights that are no numbers were kept")


def final_weights_are_old(folder):
    ini = write(folder, "m.ini", MODEL)
    train(folder, ini, "train.epochs=1", "--run-dir", "r")
    process = start(folder, "--resume", "r", "train.epochs=100000")
    while not process.stdout.readline().startswith("epoch  "):
        pass
    process.stdout.readline()  # by then the checkpoint of the epoch before is there
    process.kill()
    process.communicate()
    result = run("eval", "r", cwd=folder)
    expect_code(result, 0)
    expect("training went on to step" in result.err, result.err)


main([in_the_middle, at_the_end_of_an_epoch, signals, killed, while_validating, on_demand, kept_and_best, automatic, callbacks, checksums, other_models,
      nothing_there, damaged, not_a_number, final_weights_are_old])
