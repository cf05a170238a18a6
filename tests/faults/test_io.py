"""Every call that writes fails once, in turn, while checkpoints are saved: the failure is told in words, nothing crashes, what was saved
before can be loaded, and the next start finds nothing left lying about.  io_shim.c makes the calls fail."""
import errno
import os
import shutil
import signal
import subprocess
import tempfile
import time

from e2e import RUN, expect, expect_code, main, run, write

PLACE = tempfile.TemporaryDirectory(prefix="cplug-shim-")
SHIM = shutil.copy(os.environ["CPLUG_IO_SHIM"], PLACE.name)  # LD_PRELOAD knows no path with a blank
SANITIZED = os.environ.get("CPLUG_SANITIZED", "")
MODEL = """[cplug]
format = 1
[data.train]
type = synthetic
kind = line
samples = 64
[data.valid]
type = synthetic
kind = line
split = valid
samples = 16
[model]
input_shape = 1
[layer.fc1]
type = linear
out_features = 4
[layer.out]
type = linear
out_features = 1
[loss]
type = mse
[optimizer]
type = adam
lr = 1e-2
[train]
epochs = 3
batch_size = 16
[checkpoint]
best = valid_loss
"""


def shimmed(folder, *args, fail=0, code=errno.ENOSPC, short=False):
    """A run whose call number `fail` below `folder`/r fails; the result, how many calls there were, and which one failed."""
    count = os.path.join(folder, "count")
    env = {"LD_PRELOAD": SHIM, "IO_SHIM_PREFIX": os.path.join(os.path.realpath(folder), "r"), "IO_SHIM_COUNT": count, "IO_SHIM_FAIL": str(fail),
           "IO_SHIM_ERRNO": str(code), "OMP_NUM_THREADS": "1"}
    result = run(*args, cwd=folder, env=dict(env, IO_SHIM_SHORT="1") if short else env)
    with open(count) as f:
        calls, _, name = f.read().partition(" ")
    return result, int(calls), name.strip()


def newest(folder):
    names = sorted(d for d in os.listdir(os.path.join(folder, "r", "checkpoints")) if d.startswith("step-"))
    return int(names[-1][5:])


def left_over(folder):
    return [os.path.join(d, f) for d in ("r", "r/checkpoints") if os.path.isdir(os.path.join(folder, d)) for f in os.listdir(os.path.join(folder, d)) if f.startswith(".")]


# A close that fails when the process ends anyway, a directory that cannot be tidied: nothing is lost and nothing is told.
HARMLESS = {"close", "unlink", "rmdir", "rename"}


def each_call_of_a_resumed_run(folder):
    """Two more epochs of a run that has a checkpoint: whatever call fails, that one or a newer one is there afterwards."""
    ini = write(folder, "m.ini", MODEL)
    expect_code(run("train", ini, "train.epochs=1", "--run-dir", "r", cwd=folder), 0)
    os.rename(os.path.join(folder, "r"), os.path.join(folder, "good"))
    want = None
    args = ("train", ini, "--resume", "r")

    def fresh():
        shutil.rmtree(os.path.join(folder, "r"), ignore_errors=True)
        shutil.copytree(os.path.join(folder, "good"), os.path.join(folder, "r"))

    fresh()
    result, calls, _ = shimmed(folder, *args)
    expect_code(result, 0)
    expect(calls > 60, f"only {calls} calls were counted: the shim does not see them")
    with open(os.path.join(folder, "r", "model.safetensors"), "rb") as f:
        want = f.read()
    failures = 0
    for n in range(1, calls + 1):
        fresh()
        result, _, name = shimmed(folder, *args, fail=n, code=(errno.ENOSPC, errno.EIO, errno.EACCES)[n % 3], short=n % 2 == 0)
        words = f"call {n} of {calls}, {name}"
        expect(name, words, "was not reached")
        expect(result.code in (0, 1), words, f"exit code {result.code}", result.err)
        if result.code == 0:
            expect(name in HARMLESS, words, "failed, and nobody said so", result.out, result.err)
        else:
            failures += 1
            expect("error: " in result.err and os.strerror((errno.ENOSPC, errno.EIO, errno.EACCES)[n % 3]) in result.err, words, result.err)
            expect("r/" in result.err or "'r" in result.err, words, "does not name the path", result.err)
            expect("help: " in result.err, words, "does not say what to do", result.err)
        expect(newest(folder) >= 4, words, "the old checkpoint is gone")
        expect_code(run("eval", "r", "--checkpoint", "latest", cwd=folder), 0)
        result = run(*args, cwd=folder)  # the next start, on a disk that works again
        expect(result.code == 0 and "not used" not in result.err, words, result.err)
        expect(left_over(folder) == [], words, left_over(folder))
        with open(os.path.join(folder, "r", "model.safetensors"), "rb") as f:
            expect(f.read() == want, words, "the run came out otherwise")
    expect(failures > calls / 2, failures, calls)
    print(f"        {calls} calls, {failures} told as failures")


def each_call_of_a_first_save(folder):
    ini = write(folder, "m.ini", MODEL)
    args = ("train", ini, "train.epochs=1", "--run-dir", "r")
    _, calls, _ = shimmed(folder, *args)
    for n in range(1, calls + 1):
        shutil.rmtree(os.path.join(folder, "r"), ignore_errors=True)
        result, _, name = shimmed(folder, *args, fail=n)
        expect(result.code == 1 or (result.code == 0 and name in HARMLESS), f"call {n} of {calls}, {name}", result.code, result.err)
        if result.code:
            expect("No space left on device" in result.err and "help: free some space" in result.err, f"call {n}, {name}", result.err)


def going_on_without(folder):
    """on_error=warn: training goes on, and what can be saved is saved."""
    ini = write(folder, "m.ini", MODEL)
    args = ("train", ini, "train.epochs=6", "checkpoint.on_error=warn", "--run-dir", "r")
    _, calls, _ = shimmed(folder, *args)
    warned = 0
    for n in range(1, calls + 1, 7):
        shutil.rmtree(os.path.join(folder, "r"), ignore_errors=True)
        result, _, name = shimmed(folder, *args, fail=n)
        expect(result.code in (0, 1), n, name, result.err)
        warned += result.code == 0 and "training goes on" in result.err
        if result.code == 0:
            expect_code(run("eval", "r", cwd=folder), 0)
    expect(warned > 3, warned)


def start(folder, *args):
    process = subprocess.Popen([RUN, "train", *args], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ, OMP_NUM_THREADS="1"))
    for _ in range(2):  # the second line of an epoch comes after the checkpoint of the first
        while not process.stdout.readline().startswith("epoch"):
            pass
    return process


def the_directory_vanishes(folder):
    ini = write(folder, "m.ini", MODEL)
    process = start(folder, ini, "train.epochs=100000000", "--run-dir", "r")
    os.rename(os.path.join(folder, "r"), os.path.join(folder, "elsewhere"))
    out, err = process.communicate(timeout=60)
    expect(process.returncode == 1, process.returncode, err)
    expect("the directory is gone" in err and "cannot save" in err, err)
    expect_code(run("eval", "elsewhere", cwd=folder), 0)
    process = start(folder, ini, "train.epochs=100000000", "--run-dir", "r")
    time.sleep(0.1)
    for _ in range(50):  # it may save while this removes
        shutil.rmtree(os.path.join(folder, "r"), ignore_errors=True)
    out, err = process.communicate(timeout=60)
    expect(process.returncode == 1, process.returncode, err)
    expect("the directory is gone" in err, err)


def may_not_write(folder):
    if os.geteuid() == 0:
        return  # may write anywhere
    ini = write(folder, "m.ini", MODEL)
    expect_code(run("train", ini, "train.epochs=1", "--run-dir", "r", cwd=folder), 0)
    os.chmod(os.path.join(folder, "r", "checkpoints"), 0o500)
    result = run("train", ini, "--resume", "r", cwd=folder)
    os.chmod(os.path.join(folder, "r", "checkpoints"), 0o700)
    expect_code(result, 1)
    expect("make the directory writable" in result.err, result.err)


def a_small_disk(folder):
    """A limit on the size of files stops a write in its middle, as a full disk does."""
    ini = write(folder, "m.ini", MODEL)
    expect_code(run("train", ini, "train.epochs=1", "--run-dir", "r", cwd=folder), 0)
    limited = ["sh", "-c", 'trap "" XFSZ; ulimit -f 1; exec "$@"', "sh", RUN, "train", ini, "--resume", "r", "layer.fc1.out_features=4", "train.epochs=2"]
    done = subprocess.run(limited, cwd=folder, capture_output=True, text=True, timeout=60, preexec_fn=lambda: signal.signal(signal.SIGXFSZ, signal.SIG_IGN))
    expect(done.returncode == 1 and "File too large" in done.stderr, done.returncode, done.stderr)
    expect_code(run("train", ini, "--resume", "r", cwd=folder), 0)


TESTS = [the_directory_vanishes, may_not_write, a_small_disk]
if not SANITIZED:  # a preloaded library and a sanitizer's run-time exclude each other
    TESTS = [each_call_of_a_resumed_run, each_call_of_a_first_save, going_on_without] + TESTS
main(TESTS)
