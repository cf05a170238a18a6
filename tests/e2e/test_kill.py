"""kill -9 at random moments of a run that saves a checkpoint of 20 MB every few steps: after each the newest whole checkpoint can be
loaded, and training never falls back behind one that was there.  --kills N for more than the default."""
import argparse
import os
import random
import re
import subprocess
import time

from e2e import RUN, expect, expect_code, main, run, write

# 1600 x 1600 weights and their momentum: 2 x 10 MB
MODEL = """[cplug]
format = 1
[data.train]
type = synthetic
kind = line
samples = 4000
[model]
input_shape = 1
[layer.fc1]
type = linear
out_features = 1600
[layer.fc2]
type = linear
out_features = 1600
[layer.out]
type = linear
out_features = 1
[loss]
type = mse
[optimizer]
type = sgd
lr = 1e-5
momentum = 0.9
[train]
epochs = 1000000
batch_size = 4
[checkpoint]
every = 0
every_steps = 3
keep = 2
"""


def steps_of(folder):
    """Steps of the checkpoints that have their name, newest first."""
    names = os.listdir(os.path.join(folder, "r", "checkpoints")) if os.path.isdir(os.path.join(folder, "r", "checkpoints")) else []
    return sorted((int(n[5:]) for n in names if n.startswith("step-")), reverse=True)


def kills(folder):
    ini = write(folder, "m.ini", MODEL)
    rng = random.Random(options.seed)
    print(f"        seed {options.seed}")
    before, in_a_save = -1, 0
    environment = dict(os.environ, OMP_NUM_THREADS="1")
    for k in range(options.kills):
        first = before < 0
        args = [RUN, "train", ini, "--run-dir", "r"] if first else [RUN, "train", "--resume", "r"]
        process = subprocess.Popen(args, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        if first:
            while len(steps_of(folder)) < 1:
                expect(process.poll() is None, "training ended", process.returncode)
                time.sleep(0.01)
        time.sleep(rng.uniform(0, 0.6))
        expect(process.poll() is None, k, "training ended by itself", process.returncode)
        process.kill()
        out, err = process.communicate()
        words = f"kill {k} of {options.kills}, seed {options.seed}"
        expect("is not used" not in err, words, "a broken checkpoint", err)
        steps = steps_of(folder)
        expect(steps and steps[0] >= before, words, f"step {before} was there, now {steps}")
        in_a_save += any(n.startswith(".tmp-") for n in os.listdir(os.path.join(folder, "r", "checkpoints")))
        before = steps[0]
        for step in steps:  # each one that has a name is whole
            result = run("predict", "r", "--checkpoint", f"step-{step:08}", "--input", "-", cwd=folder, stdin="1\n", env={"OMP_NUM_THREADS": "1"})
            expect(result.code == 0, words, step, result.err)
        expect(len(steps) <= 3, words, steps)
    result = run("train", "--resume", "r", f"train.steps={before + 2}", cwd=folder, env={"OMP_NUM_THREADS": "1"})
    expect_code(result, 0)
    expect("is not used" not in result.err and re.search(rf"step-{before:08}", result.out), result.out, result.err)
    left = [f for d in ("r", "r/checkpoints") for f in os.listdir(os.path.join(folder, d)) if f.startswith(".")]
    expect(not left, left)
    size = sum(os.path.getsize(os.path.join(folder, "r", "checkpoints", f"step-{before + 2:08}", f)) for f in ("model.safetensors", "optimizer.safetensors"))
    print(f"        {options.kills} kills, {in_a_save} of them while a checkpoint was written, 0 unreadable; {size / 1e6:.1f} MB each, last step {before}")


parser = argparse.ArgumentParser()
parser.add_argument("--kills", type=int, default=20)
parser.add_argument("--seed", type=int, default=int(time.time()))
options = parser.parse_args()
main([kills])
