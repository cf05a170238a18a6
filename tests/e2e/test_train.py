"""Training, its directory, evaluation and prediction, with the small models that need no files."""
import csv
import json
import os
import re
import signal
import subprocess
import time
from e2e import RUN, expect, expect_code, main, model, run


def line_as_in_the_tutorial(folder):
    result = run("train", model("line.ini"), cwd=folder)
    expect_code(result, 0)
    last = result.out.rstrip("\n").split("\n")[-1]
    loss = float(re.fullmatch(r"loss (\d\.\d+)", last).group(1))
    expect(0.008 < loss < 0.012, last)
    made = os.path.join(folder, "runs", "line-1")
    expect(sorted(os.listdir(made)) == ["checkpoints", "config.ini", "log.txt", "metrics.csv", "metrics.jsonl", "model.safetensors"], os.listdir(made))
    result = run("predict", "runs/line-1", "--input", "-", cwd=folder, stdin="0\n1\n2\n")
    expect_code(result, 0)
    rows = list(csv.DictReader(result.out.splitlines()))
    for row, truth in zip(rows, (1, 3, 5), strict=True):
        expect(abs(float(row["output"]) - truth) < 0.03, result.out)
    again = run("predict", model("line.ini"), "--weights", made + "/model.safetensors", "--input", "-", cwd=folder, stdin="x\n0\n1\n2\n")
    expect(again.out == result.out, again.out, result.out)


def json_lines(folder):
    result = run("train", model("spirals.ini"), "train.epochs=3", "log.every=20", "--json", cwd=folder)
    expect_code(result, 0)
    events = [json.loads(line) for line in result.out.splitlines()]
    expect(events[0]["type"] == "begin" and events[-1]["type"] == "end", result.out)
    expect([e["epoch"] for e in events if e["type"] == "epoch"] == [1, 2, 3], result.out)
    expect(any(e["type"] == "step" for e in events), result.out)
    end = events[-1]
    expect(0 <= end["valid"]["accuracy"] <= 1 and end["valid"]["loss"] > 0, end)
    kept = [json.loads(line) for line in open(os.path.join(folder, end["run"], "metrics.jsonl"))]
    expect(kept == events, "metrics.jsonl differs from standard output")
    table = list(csv.DictReader(open(os.path.join(folder, end["run"], "metrics.csv"))))
    expect(len(table) == 3 and abs(float(table[-1]["valid_accuracy"]) - end["valid"]["accuracy"]) < 1e-6, table)


def one_seed_one_result(folder):
    texts = []
    for seed, name in ((7, "a"), (7, "b"), (8, "c")):
        result = run("train", model("spirals.ini"), "train.epochs=2", f"runtime.seed={seed}", "--run-dir", name, cwd=folder)
        expect_code(result, 0)
        texts.append(open(os.path.join(folder, name, "model.safetensors"), "rb").read())
    expect(texts[0] == texts[1], "the same seed gave other weights")
    expect(texts[0] != texts[2], "another seed gave the same weights")


def config_trains_the_same(folder):
    expect_code(run("train", model("spirals.ini"), "train.epochs=2", "--run-dir", "a", cwd=folder), 0)
    expect_code(run("train", "a/config.ini", "--run-dir", "b", cwd=folder), 0)
    weights = [open(os.path.join(folder, name, "model.safetensors"), "rb").read() for name in "ab"]
    expect(weights[0] == weights[1], "the resolved file trains another model")
    texts = [open(os.path.join(folder, name, "config.ini")).read() for name in "ab"]
    expect(texts[0] == texts[1].replace('name = config', 'name = spirals') or texts[0] == texts[1], *texts)


def eval_and_minimum(folder):
    end = json.loads(run("train", model("spirals.ini"), "train.epochs=5", "--json", cwd=folder).out.splitlines()[-1])
    result = run("eval", "runs/spirals-1", "--json", cwd=folder)
    expect_code(result, 0)
    expect(abs(json.loads(result.out)["valid"]["accuracy"] - end["valid"]["accuracy"]) < 1e-9, result.out, end)
    expect_code(run("eval", "runs/spirals-1", "--min", "accuracy=0.1", cwd=folder), 0)
    expect_code(run("eval", "runs/spirals-1", "--min", "accuracy=1.5", cwd=folder), 7)
    expect_code(run("eval", "runs/spirals-1", "--min", "acuracy=0.5", cwd=folder), 2)
    result = run("predict", "runs/spirals-1", cwd=folder)
    rows = list(csv.DictReader(result.out.splitlines()))
    right = sum(row["class"] == row["target"] for row in rows) / len(rows)
    expect(abs(right - end["valid"]["accuracy"]) < 1e-9, right, end)
    expect(all(abs(sum(float(row["p_" + c]) for c in "012") - 1) < 1e-4 for row in rows), "probabilities do not sum to one")
    rows = [json.loads(line) for line in run("predict", "runs/spirals-1", "--json", cwd=folder).out.splitlines()]
    expect(rows[0]["class"] in ("0", "1", "2") and 0 <= rows[0]["probability"] <= 1, rows[0])


def plain_lines(folder):
    result = run("train", model("spirals.ini"), "train.epochs=2", cwd=folder)
    bad = [c for c in result.out + result.err if ord(c) < 0x20 and c not in "\n\t"]
    expect(not bad, "control characters in a pipe", bad)


def interrupted(folder):
    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        process = subprocess.Popen([RUN, "train", model("spirals.ini"), "train.epochs=1000000", "--run-dir", f"r{code}"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while not process.stdout.readline().startswith("epoch"):
            pass
        time.sleep(0.1)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
        expect(process.returncode == code, process.returncode, err)
        expect("interrupted at epoch" in err, err)
        expect_code(run("eval", f"r{code}", cwd=folder), 0)


def diverges(folder):
    result = run("train", model("line.ini"), "optimizer.type=sgd", "optimizer.lr=1e20", cwd=folder)
    expect_code(result, 6)
    expect("not a number" in result.err or "infinite" in result.err, result.err)


def bad_files(folder):
    result = run("train", model("mnist-mlp.ini"), f"data.train.root={folder}", f"data.valid.root={folder}", cwd=folder)
    expect_code(result, 4)
    with open(os.path.join(folder, "w.safetensors"), "wb") as f:
        f.write(b"nonsense")
    expect_code(run("eval", model("spirals.ini"), "--weights", "w.safetensors", cwd=folder), 4)
    expect_code(run("predict", model("line.ini"), "--input", "absent.csv", cwd=folder), 4)
    result = run("predict", model("line.ini"), "--input", "-", cwd=folder, stdin="1\n2,3\n")
    expect_code(result, 4)
    expect("-:2: expected 1 numbers, got 2" in result.err, result.err)
    expect_code(run("train", model("line.ini"), "train.epochs=1", "--run-dir", "once", cwd=folder), 0)
    expect_code(run("train", model("line.ini"), "train.epochs=1", "--run-dir", "once", cwd=folder), 2)


def nothing_to_do(folder):
    for key in ("data.train.samples=0", "data.valid.samples=0", "data.valid.limit=0"):
        result = run("train", model("spirals.ini"), key, "--run-dir", "none", cwd=folder)
        expect_code(result, 4)
        expect(key[:10] + " gives no batch: it has 0 samples" in result.err, result.err)
    expect(not os.path.exists(os.path.join(folder, "none")), "a run directory without a run")
    for rows in ("", "\n", "abc\n"):
        expect_code(run("predict", model("line.ini"), "--input", "-", cwd=folder, stdin=rows), 4)
    result = run("predict", model("line.ini"), "--input", "-", cwd=folder, stdin="1\nabc\n")
    expect("expected a number, got 'abc'" in result.err, result.err)
    expect("-nan" not in run("predict", model("line.ini"), "--input", "-", cwd=folder, stdin="inf\n-nan\n").out, "sign of nan")
    result = run("train", model("line.ini"), "train.batch_size=1000000000000", cwd=folder)
    expect_code(result, 3)
    result = run("eval", model("line.ini"), "--weights", "absent.safetensors", cwd=folder)
    expect_code(result, 4)
    expect(result.err.count("absent.safetensors") == 1, result.err)


def streams(folder):
    """Nothing that is printed may land in a file of the run; what cannot be printed is a failure."""
    command = [RUN, "train", model("line.ini"), "train.epochs=3", "--run-dir"]
    expect_code(run(*command[1:], "open", cwd=folder), 0)
    expect(subprocess.run(["sh", "-c", '"$@" <&- >&- 2>&-', "sh", *command, "closed"], cwd=folder, timeout=60).returncode == 0, "closed streams")
    for name in ("config.ini", "log.txt", "metrics.csv", "metrics.jsonl"):
        sizes = [len(open(os.path.join(folder, d, name)).read().splitlines()) for d in ("open", "closed")]
        expect(sizes[0] == sizes[1], name, sizes)
    if os.path.exists("/dev/full"):
        for args in ((*command, "full"), (RUN, "plugins"), (RUN, "eval", model("line.ini"), "--json")):
            with open("/dev/full", "w") as full:
                expect(subprocess.run(args, cwd=folder, stdout=full, stderr=subprocess.DEVNULL, timeout=60).returncode == 1, args)


def knobs(folder):
    for extra in (("train.accumulate=4",), ("train.clip_norm=0.5",), ("train.clip_value=0.01",), ("train.steps=7",), ("scheduler.type=cosine",),
                  ("train.valid_every=2", "train.epochs=3"), ("data.train.workers=2",), ("checkpoint.every=0",), ("log.show=3",)):
        result = run("train", model("spirals.ini"), "train.epochs=2", *extra, "--json", cwd=folder)
        expect_code(result, 0)
        end = json.loads(result.out.splitlines()[-1])
        if "train.steps=7" in extra:
            expect(end["steps"] == 7, end)
        if "train.accumulate=4" in extra:
            expect(end["steps"] == 2 * 12, end)


main([line_as_in_the_tutorial, json_lines, one_seed_one_result, config_trains_the_same, eval_and_minimum, plain_lines, interrupted, diverges, bad_files, nothing_to_do, streams, knobs])
