"""Callbacks in a run: they end it, save, write tables, guard it; what they know outlives the process."""
import json
import os
import re

from e2e import expect, expect_code, main, model, run, write

BASE = f"[cplug]\nformat = 1\ninclude = {model('spirals.ini')}\n"


def config(folder, sections, name="c.ini"):
    text = BASE + "[scheduler]\ntype = constant\n"
    for key, lines in sections.items():
        text += f"[callback.{key}]\n" + "\n".join(lines) + "\n"
    return write(folder, name, text)


def events(folder, kind):
    with open(os.path.join(folder, "metrics.jsonl"), encoding="utf-8") as f:
        return [e for e in map(json.loads, f) if e["type"] == kind]


def text_of(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as f:
        return f.read()


def expected_stop(epochs, patience):
    best, waited = None, 0
    for e in epochs:
        value = e["valid"]["loss"]
        if best is None or value < best:
            best, waited = value, 0
        else:
            waited += 1
            if waited >= patience:
                return e["epoch"]
    return None


def test_early_stopping(folder):
    ini = config(folder, {"enough": ["type = early_stopping", "patience = 2"]})
    done = run("train", ini, "train.epochs=60", "--run-dir", os.path.join(folder, "r"), cwd=folder)
    expect_code(done, 0)
    epochs = events(os.path.join(folder, "r"), "epoch")
    expect(len(epochs) < 60 and epochs[-1]["epoch"] == expected_stop(epochs, 2), [(e["epoch"], e["valid"]["loss"]) for e in epochs])
    expect(re.search(r"^enough: valid_loss did not get better than 0\.\d+ \(epoch \d+\) for 2 epochs: training ends$", done.out, re.M), done.out)
    end = events(os.path.join(folder, "r"), "end")[0]
    expect(end["epochs"] == epochs[-1]["epoch"] and not end["interrupted"], end)


def test_resumed_run_stops_where_the_whole_one_does(folder):
    ini = config(folder, {"enough": ["type = early_stopping", "patience = 2"], "table": ["type = csv_log"],
                          "epochs": ["type = csv_log", "rows = epoch"], "best": ["type = best_checkpoint"]})
    whole, parts = os.path.join(folder, "whole"), os.path.join(folder, "parts")
    expect_code(run("train", ini, "train.epochs=60", "--run-dir", whole, cwd=folder), 0)
    last = events(whole, "epoch")[-1]["epoch"]
    cuts = sorted({2, last - 1} - {0})
    expect_code(run("train", ini, f"train.epochs={cuts[0]}", "--run-dir", parts, cwd=folder), 0)
    for epochs in cuts[1:] + [60]:
        expect_code(run("train", ini, f"train.epochs={epochs}", "--resume", parts, cwd=folder), 0)
    expect(events(parts, "epoch")[-1]["epoch"] == last, "stopped elsewhere", events(parts, "epoch")[-1], last)
    for name in ("steps.csv", "epochs.csv", "checkpoints/best"):
        expect(text_of(whole, name) == text_of(parts, name), name, "differs after a resume")
    with open(os.path.join(whole, "model.safetensors"), "rb") as a, open(os.path.join(parts, "model.safetensors"), "rb") as b:
        expect(a.read() == b.read(), "the weights differ after a resume")


def test_table_after_rows_that_do_not_count(folder):
    """Rows behind the checkpoint belong to a future that did not happen."""
    ini = config(folder, {"table": ["type = csv_log"]})
    directory = os.path.join(folder, "r")
    expect_code(run("train", ini, "train.epochs=1", "--run-dir", directory, cwd=folder), 0)
    with open(os.path.join(directory, "steps.csv"), "a", encoding="utf-8") as f:
        f.write("2,48,9.9,9.9\n2,49,9")
    expect_code(run("train", ini, "train.epochs=2", "--resume", directory, cwd=folder), 0)
    rows = text_of(directory, "steps.csv").splitlines()
    expect(rows[0] == "epoch,step,loss,lr", rows[0])
    expect([r.split(",")[1] for r in rows[1:]] == [str(i) for i in range(1, 95)], "steps are missing or twice", rows[45:52])


def test_table_in_the_middle_of_an_epoch(folder):
    ini = config(folder, {"table": ["type = csv_log"], "guard": ["type = nan_guard"]})
    whole, parts = os.path.join(folder, "whole"), os.path.join(folder, "parts")
    expect_code(run("train", ini, "train.steps=120", "--run-dir", whole, cwd=folder), 0)
    expect_code(run("train", ini, "train.steps=20", "--run-dir", parts, cwd=folder), 0)
    for steps in (70, 120):
        expect_code(run("train", ini, f"train.steps={steps}", "--resume", parts, cwd=folder), 0)
    expect(text_of(whole, "steps.csv") == text_of(parts, "steps.csv"), text_of(parts, "steps.csv"))


def test_unknown_figure(folder):
    ini = config(folder, {"enough": ["type = early_stopping", "monitor = valid_acuracy"]})
    done = run("train", ini, cwd=folder)
    expect_code(done, 3)
    expect("[callback.enough]" in done.err and "train_loss, valid_loss, valid_accuracy" in done.err, done.err)
    expect("did you mean 'valid_accuracy'" in done.err and not re.search(r"^epoch +1/", done.out, re.M), done.err, done.out)
    done = run("train", config(folder, {"enough": ["type = early_stopping"]}), "--unset", "data.valid", cwd=folder)
    expect_code(done, 1)
    expect("monitor = valid_loss: there is no such figure, an epoch has: train_loss" in done.err, done.err)


def test_validated_now_and_then(folder):
    ini = config(folder, {"enough": ["type = early_stopping", "patience = 1000"], "best": ["type = best_checkpoint"]})
    expect_code(run("train", ini, "train.epochs=5", "train.valid_every=2", cwd=folder), 0)


def test_best_checkpoint(folder):
    ini = config(folder, {"best": ["type = best_checkpoint", "monitor = valid_accuracy"], "rates": ["type = lr_monitor"]})
    directory = os.path.join(folder, "r")
    expect_code(run("train", ini, "train.epochs=12", "--run-dir", directory, cwd=folder), 0)
    epochs = events(directory, "epoch")
    best = max(epochs, key=lambda e: (e["valid"]["accuracy"], -e["epoch"]))
    expect(text_of(directory, "checkpoints/best").strip() == f"step-{best['step']:08d}", text_of(directory, "checkpoints/best"), best)
    expect(os.path.isdir(os.path.join(directory, "checkpoints", f"step-{best['step']:08d}")), "the best checkpoint is gone")
    rates = [e for e in events(directory, "report") if e["callback"] == "rates"]
    expect([e["step"] for e in rates] == [e["step"] for e in epochs] and all(e["name"] == "lr" for e in rates), rates)
    expect([e["value"] for e in rates] == [e["lr"] for e in epochs], rates, epochs)


def bad_data(folder, guard):
    """Three batches of CSV; the second one has a number in it whose square no f32 holds."""
    rows = [f"{0.01 * i:.2f},{0.02 * i + 1:.2f}" for i in range(96)]
    rows[40] = "1e30,1.0"
    write(folder, "d.csv", "x,y\n" + "\n".join(rows) + "\n")
    return write(folder, "bad.ini", "[cplug]\nformat = 1\n[data.train]\ntype = csv\nfile = d.csv\ntarget = y\nshuffle = false\n[model]\n"
                 "input_shape = 1\n[layer.fc]\ntype = linear\nout_features = 1\n[loss]\ntype = mse\n[optimizer]\ntype = sgd\nlr = 0.01\n"
                 "[train]\nepochs = 2\nbatch_size = 32\n" + guard)


def test_nan_guard(folder):
    done = run("train", bad_data(folder, ""), cwd=folder)
    expect_code(done, 6)
    done = run("train", bad_data(folder, "[callback.guard]\ntype = nan_guard\n"), "--run-dir", os.path.join(folder, "stop"), cwd=folder)
    expect_code(done, 6)
    expect("guard: the loss is infinite, the gradient of 'fc.weight' has infinity before step 2" in done.err, done.err)
    done = run("train", bad_data(folder, "[callback.guard]\ntype = nan_guard\naction = skip\n"), "--run-dir", os.path.join(folder, "skip"),
               cwd=folder)
    expect_code(done, 0)
    expect("step 2 is left out (1 so far)" in done.out and "(2 so far)" in done.out, done.out)
    epochs = events(os.path.join(folder, "skip"), "epoch")
    expect([e["step"] for e in epochs] == [2, 4] and all(e["train"]["loss"] < 100 for e in epochs), epochs)
    done = run("train", bad_data(folder, "[callback.guard]\ntype = nan_guard\naction = skip\n"), "train.accumulate=3", "--run-dir",
               os.path.join(folder, "accumulate"), cwd=folder)
    expect_code(done, 0)
    expect("the gradient of 'fc.weight' has infinity: step 1 is left out (2 so far)" in done.out, done.out)


def test_failing_callback(folder):
    ini = config(folder, {"table": ["type = csv_log", "file = no/such/folder/t.csv"]})
    done = run("train", ini, "train.epochs=1", cwd=folder)
    expect_code(done, 1)
    expect("[callback.table] at train_begin" in done.err and "no/such/folder/t.csv" in done.err and "No such file" in done.err, done.err)
    if os.path.exists("/dev/full"):
        done = run("train", config(folder, {"table": ["type = csv_log", "file = /dev/full"]}), "train.epochs=1", cwd=folder)
        expect_code(done, 1)
        expect("No space left on device" in done.err, done.err)


if __name__ == "__main__":
    main([test_early_stopping, test_resumed_run_stops_where_the_whole_one_does, test_table_after_rows_that_do_not_count,
          test_table_in_the_middle_of_an_epoch, test_unknown_figure,
          test_validated_now_and_then, test_best_checkpoint, test_nan_guard, test_failing_callback])
