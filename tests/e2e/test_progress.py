"""What a run says while it trains: the head of the log, plain lines in pipes, one redrawn line of the terminal's width elsewhere."""
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

from e2e import RUN, SOURCE, expect, expect_code, main, model, run, write

PLAIN = {"CI": None, "NO_COLOR": None, "TERM": "xterm"}


def environment(changes):
    env = dict(os.environ)
    for key, value in changes.items():
        if value is None:
            env.pop(key, None)
        else:
            env[key] = value
    return env


def terminal(folder, *args, columns=80, env=None):
    """cplug-run with its output on a terminal of this width: what came out, as bytes, and how long it took."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    started = time.monotonic()
    child = subprocess.Popen([RUN, *args], cwd=folder, stdin=slave, stdout=slave, stderr=slave, env=environment({**PLAIN, **(env or {})}))
    os.close(slave)
    out = b""
    while True:
        ready, _, _ = select.select([master], [], [], 60)
        try:
            part = os.read(master, 65536) if ready else b""
        except OSError:
            part = b""
        if not part:
            break
        out += part
    os.close(master)
    expect(child.wait(timeout=60) == 0, "exit code", child.returncode, out.decode())
    return out, time.monotonic() - started


def redrawn(out):
    """Texts of the lines that were drawn to be replaced: what stands between the erasures and is not ended by a newline."""
    parts = out.replace(b"\r\n", b"\n").split(b"\r\x1b[K")
    return [p.rsplit(b"\n", 1)[-1].decode() for p in parts[:-1] if p and not p.endswith(b"\n")]


def long_run(folder, *more):
    return ("train", model("spirals.ini"), "train.epochs=60", "data.train.samples=20000", "optimizer.lr=1e-3", "--run-dir",
            os.path.join(folder, "run"), *more)


def test_pipe_is_plain(folder):
    done = run("train", model("spirals.ini"), "train.epochs=2", cwd=folder)
    expect_code(done, 0)
    bad = [c for c in done.out + done.err if ord(c) < 32 and c not in "\n\t"]
    expect(not bad, "control characters", bad)
    expect(re.search(r"^epoch 1/2 +loss \d\.\d{4} \| valid loss", done.out, re.M), done.out)


def test_head(folder):
    done = run("train", model("spirals.ini"), "train.epochs=1", "runtime.seed=7", "runtime.threads=1", cwd=folder)
    expect_code(done, 0)
    head = done.out.split("epoch ")[0]
    for pattern in (r"^cplug \d+\.\d+\.\d+  run runs/spirals-1  seed 7$", r"^backend  .*cpu.*; device cpu, 1 thread$", r"^         backends = auto",
                    r"^data     train synthetic 3000 of 2, valid synthetic 600$", r"^model    spirals: 5 layers, 4547 parameters \(17\.8 KiB\)$"):
        expect(re.search(pattern, head, re.M), pattern, head)
    with open(os.path.join(folder, "runs/spirals-1/log.txt"), encoding="utf-8") as f:
        kept = f.read().splitlines()
    expect(set(head.splitlines()) <= set(kept[:12]), "log.txt begins otherwise", kept[:12], head)
    done = run("train", model("spirals.ini"), "train.epochs=1", "runtime.backends=cpu", cwd=folder)
    expect("         backends = cpu\n" in done.out, done.out)




GHOST = """#include <cplug/plugin.h>
static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e)
{
    (void)r;
    return h->fail(e, CPLUG_E_NOTFOUND, "libghost.so.1 was not found");
}
CPLUG_PLUGIN(ghost, "test.ghost", "1.0", "MIT", "a backend whose library is missing",
             "backend:ghost kernel:linear@cpu kernel:relu@cpu", init);
"""


def test_backend_that_is_missing(folder):
    """With backends = auto, a backend that cannot be loaded is named with the reason, in the head of a run and in explain."""
    compiler = os.environ.get("CPLUG_CC", "cc")
    source, plugin = write(folder, "ghost.c", GHOST), os.path.join(folder, "cplug-ghost.so")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", plugin, source, "-I", os.path.join(SOURCE, "core/include")], check=True, timeout=120)
    env = {"CPLUG_PLUGIN_PATH": folder}
    done = run("train", model("line.ini"), "train.epochs=1", cwd=folder, env=env)
    expect_code(done, 0)
    expect(re.search(r"^         backends = auto, without ghost: .*libghost\.so\.1 was not found$", done.out, re.M), done.out, done.err)
    done = run("train", model("line.ini"), "train.epochs=1", "runtime.backends=cpu", cwd=folder, env=env)
    expect("ghost" not in done.out, done.out)
    done = run("explain", model("line.ini"), cwd=folder, env=env)
    expect_code(done, 0)
    expect(re.search(r"^fc1 .*linear\(.*ghost: .*libghost\.so\.1 was not found", done.out, re.M), done.out)


def test_slower_kernels_are_warned_of(folder):
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        flags = re.search(r"^flags\s*:(.*)$", f.read(), re.M)
    flags = set(flags.group(1).split()) if flags else set()
    if not {"avx512f", "avx512bw", "avx512dq", "avx512vl"} <= flags or "openblas" not in run("plugins").out:
        print("skipped: needs a processor with AVX-512 and OpenBLAS")
        return
    done = run("train", model("line.ini"), "train.epochs=1", cwd=folder, env={"OPENBLAS_CORETYPE": "Haswell"})
    expect("OPENBLAS_CORETYPE=SkylakeX" in done.err, done.out, done.err)
    expect("Haswell kernels" in done.out, done.out)
    done = run("train", model("line.ini"), "train.epochs=1", cwd=folder, env={"OPENBLAS_CORETYPE": "SkylakeX"})
    expect("OPENBLAS_CORETYPE" not in done.err and "SkylakeX kernels" in done.out, done.out, done.err)


def test_best_is_marked(folder):
    done = run("train", model("spirals.ini"), "train.epochs=8", cwd=folder)
    best = -1.0
    for line in re.findall(r"^epoch .*$", done.out, re.M):
        accuracy = float(re.search(r"accuracy (\d\.\d+)", line).group(1))
        expect(line.endswith("*best") == (accuracy > best), line, best)
        best = max(best, accuracy)


def test_line_is_redrawn(folder):
    out, seconds = terminal(folder, *long_run(folder))
    drawn = redrawn(out)
    expect(drawn, "nothing was redrawn", out)
    expect(len(drawn) <= 10 * seconds + 2, f"{len(drawn)} times in {seconds:.1f} s")
    for text in drawn:
        expect(len(text) < 80, "too wide", text)
    training = [t for t in drawn if t.startswith("epoch")]
    expect(training, drawn)
    for text in training:
        expect(re.match(r"epoch +\d+/60 \[[=> ]{20}\] \d+/313  loss \d+\.\d{4}", text), text)
    expect(any("/s" in t and "left" in t for t in training), training)
    plain = re.sub(rb"\r\x1b\[K", b"\n", out).decode().replace("\r", "")
    expect(len(re.findall(r"^epoch +\d+/60  loss", plain, re.M)) == 60, "an epoch's line is missing", plain[-2000:])


def test_widths(folder):
    for columns in (1, 2, 10, 20, 40, 79, 132, 600):
        out, _ = terminal(folder, "train", model("spirals.ini"), "train.epochs=12", "data.train.samples=20000", "--run-dir",
                          os.path.join(folder, f"run{columns}"), columns=columns)
        for text in redrawn(out):
            expect(len(text) < columns or columns == 1, columns, text)


def test_no_drawing_where_it_is_not_wanted(folder):
    for i, (args, env) in enumerate([(["--progress", "plain"], {}), (["--progress", "none"], {}), ([], {"TERM": "dumb"}), ([], {"CI": "true"})]):
        out, _ = terminal(folder, "train", model("spirals.ini"), "train.epochs=10", "data.train.samples=20000", "--run-dir",
                          os.path.join(folder, f"quiet{i}"), *args, env=env)
        expect(b"\x1b" not in out and b"\r" not in out.replace(b"\r\n", b"\n"), args, env, out)


def test_layer_without_a_gradient(folder):
    config = write(folder, "u.ini", f"[cplug]\nformat = 1\ninclude = {model('spirals.ini')}\n[layer.other]\ntype = linear\nout_features = 3\n"
                   "input = act2\n")
    done = run("train", config, "train.epochs=1", cwd=folder)
    expect_code(done, 0)
    expect("without a gradient" in done.err and ": out (" in done.err, done.err)


def test_model_without_parameters(folder):
    config = write(folder, "n.ini", "[cplug]\nformat = 1\n[data.train]\ntype = synthetic\nkind = line\nsamples = 64\n[model]\ninput_shape = 1\n"
                   "[layer.act]\ntype = relu\n[loss]\ntype = mse\n[optimizer]\ntype = sgd\nlr = 0.1\n[train]\nepochs = 1\n")
    done = run("train", config, cwd=folder)
    expect_code(done, 3)
    expect("no parameter receives a gradient: none of the model's 1 layers has parameters" in done.err, done.err)


if __name__ == "__main__":
    main([test_pipe_is_plain, test_head, test_backend_that_is_missing, test_slower_kernels_are_warned_of, test_best_is_marked, test_line_is_redrawn, test_widths,
          test_no_drawing_where_it_is_not_wanted, test_layer_without_a_gradient, test_model_without_parameters])
