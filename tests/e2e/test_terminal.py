"""What goes to a terminal and what does not: the redrawn line, its width and its rate, and plain text everywhere else."""
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from e2e import RUN, expect, expect_code, main, model, run

SPIRALS = model("spirals.ini")
LONG = ("data.train.samples=20000", "train.epochs=100000", "train.batch_size=4", "checkpoint.every=0")
CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")


def on_terminal(args, folder, columns=60, env=None, seconds=2.5, resize=None):
    """Chunks of (time, bytes) that a terminal of so many columns gets; the program is stopped with SIGINT after `seconds`."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {k: v for k, v in os.environ.items() if k not in ("CI", "NO_COLOR", "TERM", "COLUMNS")}
    environment.update({"TERM": "xterm", **(env or {})})
    p = subprocess.Popen([RUN, *args], cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True)
    os.close(theirs)
    chunks, start, resized = [], time.monotonic(), resize is None
    while True:
        now = time.monotonic() - start
        if not resized and now > seconds / 2:
            fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", 24, resize, 0, 0))
            chunks.append((now, b"<resized>"))
            resized = True
        if now > seconds and p.poll() is None:
            p.terminate()
            seconds = 1e9
        if select.select([ours], [], [], 0.05)[0]:
            try:
                data = os.read(ours, 65536)
            except OSError:
                break
            if not data:
                break
            chunks.append((time.monotonic() - start, data))
        elif p.poll() is not None:
            break
    os.close(ours)
    return p.wait(timeout=60), chunks


def shown_lines(data):
    """Every text that stood in a row: what is between newlines, carriage returns and clearings."""
    return re.split(r"\r|\n|\x1b\[K", data.decode("utf-8"))


def redrawn_line(folder):
    code, chunks = on_terminal(("train", SPIRALS, *LONG, "--run-dir", "a"), folder)
    data = b"".join(d for _, d in chunks)
    expect(code == 143, code, data)
    redraws = [t for t, d in chunks for _ in range(d.count(b"\r\x1b[K"))]
    expect(len(redraws) >= 5, "no line was redrawn", data)
    for i, t in enumerate(redraws):
        within = [u for u in redraws[i:] if u - t < 1.0]
        expect(len(within) <= 12, f"{len(within)} redraws within a second", data)
    for line in shown_lines(data):
        if line.startswith("epoch") and "|" not in line:
            expect(len(line) < 60, f"{len(line)} characters on a terminal of 60", line)
    # ESC is there for clearing the line alone, and at the end no piece of a progress line stands.
    expect(set(re.findall(rb"\x1b\[[0-9;]*[A-Za-z]", data)) <= {b"\x1b[K"}, data)
    last = data.decode().split("\r\x1b[K")[-1]
    expect(last.endswith("\n"), "the progress line was not cleared", last)
    log = open(os.path.join(folder, "a", "log.txt"), "rb").read()
    expect(not CONTROL.search(log), "control bytes in log.txt", log[:500])


def narrower_on_the_way(folder):
    _, chunks = on_terminal(("train", SPIRALS, *LONG, "--run-dir", "a"), folder, columns=100, resize=40, seconds=3)
    data = b"".join(d for _, d in chunks)
    before, after = data.split(b"<resized>")
    wide = [len(line) for line in shown_lines(before) if line.startswith("epoch") and "|" not in line]
    narrow = [len(line) for line in shown_lines(after)[1:] if line.startswith("epoch") and "|" not in line]
    expect(wide and max(wide) > 40, "the line does not use the width", wide)
    expect(narrow and max(narrow[1:]) < 40, "the line is wider than the terminal has become", narrow)


def no_redrawing(folder):
    for i, (env, flags) in enumerate((({"CI": "1"}, ()), ({"TERM": "dumb"}, ()), ({}, ("--progress=plain",)), ({}, ("--progress", "none")))):
        _, chunks = on_terminal(("train", SPIRALS, "train.epochs=3", "--run-dir", str(i), *flags), folder, env=env)
        data = b"".join(d for _, d in chunks).replace(b"\r\n", b"\n")  # the terminal's own
        expect(not CONTROL.search(data), env, flags, data)
        expect((b"epoch 3/3" in data) == (flags != ("--progress", "none")), flags, data)
    _, chunks = on_terminal(("train", SPIRALS, *LONG, "--run-dir", "bar", "--progress=bar"), folder, env={"CI": "1"}, seconds=1.5)
    expect(b"\x1b[K" in b"".join(d for _, d in chunks), "--progress=bar does not redraw")


def plain_where_no_terminal_is(folder):
    for i, flags in enumerate(((), ("--progress=bar",), ("--progress=auto",))):
        done = subprocess.run([RUN, "train", SPIRALS, "train.epochs=2", "log.show=2", "--run-dir", str(i), *flags], cwd=folder, capture_output=True)
        expect(done.returncode == 0 and not CONTROL.search(done.stdout + done.stderr), done)
    done = subprocess.run([RUN, "train", SPIRALS, "train.epochs=2", "--run-dir", "none", "--progress=none"], cwd=folder, capture_output=True)
    expect(done.returncode == 0 and done.stdout == b"", done)
    for args in (("inspect",), ("plugins",), ("doctor",), ("plot", "0"), ("help",), ("summary", SPIRALS), ("check", SPIRALS, "--print"), ("eval", "0"), ("init",)):
        done = subprocess.run([RUN, *args], cwd=folder, capture_output=True)
        expect(not CONTROL.search(done.stdout + done.stderr), args, done)


def colours(folder):
    expect_code(run("train", SPIRALS, "train.epochs=2", "--run-dir", "a", cwd=folder), 0)
    for env, coloured in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False), ({"NO_COLOR": ""}, True)):
        _, chunks = on_terminal(("plot", "a"), folder, env=env)
        expect((b"\x1b[3" in b"".join(d for _, d in chunks)) == coloured, env, coloured)
    for columns in (30, 60, 200):
        _, chunks = on_terminal(("plot", "a"), folder, columns=columns, env={"NO_COLOR": "1", "LC_ALL": "C.UTF-8"})
        widest = max(len(line) for line in shown_lines(b"".join(d for _, d in chunks)))
        expect(widest <= max(columns, 40), columns, widest)


main([redrawn_line, narrower_on_the_way, no_redrawing, plain_where_no_terminal_is, colours])
