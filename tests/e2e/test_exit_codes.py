"""The exit codes, each by what a user does; docs/cplug-run.md and the manual page name the same ones."""
import os
import re
import signal
import subprocess
import time
from e2e import RUN, SOURCE, expect, main, model, run, write

LINE, SPIRALS = model("line.ini"), model("spirals.ini")
ENDLESS = ("train.epochs=1000000", "train.steps=none")


def table(folder):
    wrong = write(folder, "wrong.ini", "[cplug]\nformat = 1\n[modle]\n")
    broken = os.path.join(folder, "plain")
    write(folder, "plain", "a file where a folder is wanted")
    expect(run("train", SPIRALS, "train.epochs=1", "--run-dir", "a", cwd=folder).code == 0, "the run to look at")
    damaged = os.path.join(folder, "damaged.safetensors")
    weights = open(os.path.join(folder, "a", "model.safetensors"), "rb").read()
    write(folder, "damaged.safetensors", weights[:len(weights) // 2])
    cases = [
        (0, "check", LINE), (0, "--version"), (0, "help"), (0, "help", "train"), (0, "eval", "a"), (0, "eval", "a", "--min", "accuracy=0", "--max", "loss=100"),
        (1, "train", LINE, "--run-dir", broken + "/x"), (1, "plot", "a", "--output", broken + "/x.svg"), (1, "init", "line", "--output", broken + "/x.ini"),
        (2,), (2, "nope"), (2, "train"), (2, LINE), (2, "train", LINE, "--nope"), (2, "train", LINE, "--run-dir", "a"), (2, "init", "line", "--output", "wrong.ini"),
        (3, "train", wrong), (3, "check", wrong), (3, "check", LINE, "train.epocs=3"), (3, "check", LINE, "optimizer.lr=x"),
        (4, "eval", "a", "--weights", damaged), (4, "eval", "a", "--weights", "none.safetensors"), (4, "train", model("mnist-mlp.ini"), "data.train.root=/nowhere"),
        (4, "predict", "a", "--input", "none.csv"), (4, "plot", "none"),
        (5, "train", LINE, "runtime.backends=nope"), (5, "eval", "a", "runtime.device=nope"),
        (6, "train", LINE, "optimizer.lr=1e30"),
        (7, "eval", "a", "--min", "accuracy=1.5"), (7, "eval", "a", "--max", "loss=0"),
    ]
    for code, *args in cases:
        result = run(*args, cwd=folder)
        expect(result.code == code, f"exit code {result.code}, expected {code}", args, result.out, result.err)
        expect((code == 0) == (result.err == ""), "an error says why, success is quiet", args, result.err)


def interrupted(number):
    def test(folder):
        p = subprocess.Popen([RUN, "train", SPIRALS, *ENDLESS[:1], "--run-dir", "a"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while "epoch" not in p.stdout.readline():
            pass
        p.send_signal(number)
        out, err = p.communicate(timeout=60)
        expect(p.returncode == 128 + number, p.returncode, out, err)
        expect(os.path.getsize(os.path.join(folder, "a", "model.safetensors")) > 0, "no weights were saved")
        expect(run("eval", "a", cwd=folder).code == 0, "the interrupted run cannot be evaluated")
    test.__name__ = f"interrupted_{128 + number}"
    return test


def a_second_signal_ends_at_once(folder):
    p = subprocess.Popen([RUN, "train", SPIRALS, *ENDLESS[:1], "--run-dir", "a"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while "epoch" not in p.stdout.readline():
        pass
    p.send_signal(signal.SIGSTOP)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCONT):
        p.send_signal(number)
        time.sleep(0.1)
    out, err = p.communicate(timeout=60)
    expect(p.returncode in (-signal.SIGINT, -signal.SIGTERM), p.returncode, out, err)


def head(folder):
    """A reader that has seen enough makes no noise, with SIGPIPE as it is and where somebody ignores it."""
    expect(run("train", SPIRALS, "train.epochs=1", "--run-dir", "a", cwd=folder).code == 0, "the run to look at")
    for args in (("predict", "a"), ("predict", "a", "--json"), ("inspect", "--json"), ("completion", "bash"), ("--man",), ("help", "train"), ("plot", "a")):
        for restore in (True, False):
            reader, writer = os.pipe()
            os.close(reader)
            old = signal.signal(signal.SIGPIPE, signal.SIG_IGN)
            try:
                done = subprocess.run([RUN, *args], cwd=folder, stdout=writer, stderr=subprocess.PIPE, text=True, restore_signals=restore, timeout=60)
            finally:
                signal.signal(signal.SIGPIPE, old)
                os.close(writer)
            expect(done.stderr == "", args, done.stderr)
            expect(done.returncode in (-signal.SIGPIPE, 141), args, restore, done.returncode)


def full_disk(folder):
    if not os.path.exists("/dev/full"):
        return
    for args in (("--version",), ("inspect",), ("summary", LINE), ("completion", "zsh")):
        with open("/dev/full", "w") as full:
            done = subprocess.run([RUN, *args], stdout=full, stderr=subprocess.PIPE, text=True)
        expect(done.returncode == 1 and "could not be written" in done.stderr, args, done)


def documented(folder):
    page = open(os.path.join(SOURCE, "docs", "cplug-run.md"), encoding="utf-8").read().split("## Exit codes")[1]
    manual = run("--man").out.split(".Sh EXIT STATUS")[1].split(".Sh EXAMPLES")[0]
    for code in ("0", "1", "2", "3", "4", "5", "6", "7", "130", "141", "143"):
        expect(re.search(rf"^\| .*\b{code}\b.*\|", page, re.M), "docs/cplug-run.md does not name", code)
        expect(f".It {code}\n" in manual, "the manual page does not name", code)


main([table, interrupted(signal.SIGINT), interrupted(signal.SIGTERM), interrupted(signal.SIGHUP), a_second_signal_ends_at_once, head, full_disk, documented])
