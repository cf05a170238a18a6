"""Broken plugins: each is explained in words by `plugins --failed`, none harms the process that looks, and training goes on beside them.

One line per fixture.  The rows of the table in docs/plugins.md are checked too: each has a fixture, and each reason has its row."""
import json
import os
import re
import shutil
import socket
import stat
import sys
import tempfile
import time

from e2e import SOURCE, expect, expect_code, model, run

BUILT = os.environ["CPLUG_FAULTS"]
SANITIZED = os.environ.get("CPLUG_SANITIZED", "")
# A sanitizer would turn a crash into an exit of its own, and count what a plugin that ends in the middle leaves behind.
QUIET = {"ASAN_OPTIONS": "handle_segv=0:handle_abort=0:detect_leaks=0", "UBSAN_OPTIONS": "handle_segv=0:handle_abort=0",
         "TSAN_OPTIONS": "handle_segv=0:handle_abort=0:report_bugs=0"} if SANITIZED else {}
TIMEOUT = 10 if SANITIZED else 3  # seconds that a plugin may take here


def built(name, folder):
    shutil.copy(os.path.join(BUILT, f"cplug-{name}.so"), folder)


def fine(folder, name, size=None):
    """A good plugin under another name, cut to size."""
    path = os.path.join(folder, f"cplug-{name}.so")
    with open(os.path.join(BUILT, "cplug-fine.so"), "rb") as f, open(path, "wb") as to:
        to.write(f.read()[:size])
    return path


def patched(name, folder, *bytes_at):
    with open(fine(folder, name), "r+b") as f:
        for at, byte in bytes_at:
            f.seek(at)
            f.write(bytes([byte]))


def text(name, folder):
    with open(os.path.join(folder, f"cplug-{name}.so"), "w") as f:
        f.write("#!/bin/sh\necho this is no plugin\n" * 20)


def unix_socket(name, folder):
    here = os.getcwd()
    os.chdir(folder)  # the path of a socket is short
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(f"cplug-{name}.so")
    os.chdir(here)


def at(folder, name):
    return os.path.join(folder, f"cplug-{name}.so")


# Fixture, how it is made (None: built by CMake), state, words of its reason ("" = none).
FIXTURES = [
    ("text", text, "failed", "not an ELF file"),
    ("truncated", lambda n, d: fine(d, n, 3000), "failed", "the file is truncated"),
    ("short", lambda n, d: fine(d, n, 30), "failed", "the file is truncated"),
    ("sections", lambda n, d: patched(n, d, (44, 0x7f)), "failed", "the file is truncated"),
    ("empty", lambda n, d: fine(d, n, 0), "failed", "the file is empty"),
    ("folder", lambda n, d: os.mkdir(at(d, n)), "failed", "a folder, not a plugin file"),
    ("dangling", lambda n, d: os.symlink("nowhere.so", at(d, n)), "failed", "a link to a file that does not exist"),
    ("fifo", lambda n, d: os.mkfifo(at(d, n)), "failed", "not a regular file"),
    ("socket", unix_socket, "failed", "not a regular file"),
    ("machine", lambda n, d: patched(n, d, (18, 40), (19, 0)), "failed", "built for 32-bit ARM, this is "),
    ("bits", lambda n, d: patched(n, d, (4, 1)), "failed", "an ELF file of another word size or byte order"),
    ("names", lambda n, d: patched(n, d, (62, 0xff), (63, 0xff)), "failed", "its ELF header is damaged"),
    ("executable", lambda n, d: patched(n, d, (16, 2)), "failed", "an ELF file, but not a shared object"),
    ("writable", lambda n, d: os.chmod(fine(d, n), 0o666), "failed", "everybody may write to it, so it is not loaded: chmod o-w"),
    ("nomanifest", None, "failed", "no cplug manifest: not a cplug plugin"),
    ("garbage", None, "failed", "its manifest is damaged: a line has no '='"),
    ("noid", None, "failed", "its manifest is damaged: abi or id is missing"),
    ("twofold", None, "failed", "brings two plugins, 'fault.twofold"),
    ("dual", None, "loaded", ""),
    ("major", None, "failed", "built for cplug ABI 7, this cplug has ABI 0"),
    ("minor", None, "failed", "needs cplug ABI 0.99, this cplug has 0."),
    ("needs", None, "failed", "needs cplug ABI 0.99, this cplug has 0."),
    ("nosymbol", None, "failed", "exports no symbol cplug_plugin_v0"),
    ("magic", None, "failed", "the magic number is wrong"),
    ("entry", None, "failed", "its entry has 16 bytes, expected at least 48"),
    ("noinit", None, "failed", "its entry has no init or no manifest"),
    ("missing", None, "failed", "needs the shared library 'libcplugtest-gone.so', which was not found"),
    ("undefined", None, "failed", "uses 'cplugtest_gone', which neither it nor a library that it names has"),
    ("direct", None, "failed", "calls cplug directly"),
    ("small", None, "failed", "its struct_size is 8, a cplug_scheduler_type has at least"),
    ("null", None, "failed", "scheduler 'fault.null': its lr must not be NULL (cplug_scheduler_type)"),
    ("schema", None, "failed", "scheduler 'fault.schema': option 'gamma' lies at offset 4096, outside of its struct of 8 bytes"),
    ("choices", None, "failed", "scheduler 'fault.choices': option 'mode' lists no choices"),
    ("range", None, "failed", "scheduler 'fault.range': default of option 'gamma': expected a number from 0 to 1, got '2'"),
    ("twice", None, "failed", "scheduler 'fault.twice' is registered twice"),
    ("message", None, "failed", "the licence server at licences.example said no"),
    ("silent", None, "failed", "its init failed and did not say why"),
    ("constructor", None, "failed", "crashed in its constructor: SIGSEGV"),
    ("crash", None, "failed", "crashed in its init: SIGSEGV"),
    ("describe", None, "failed", "its describe or count called abort"),
    ("destructor", None, "warning", "crashed in its destructor: SIGSEGV"),
    ("abort", None, "failed", "its init called abort; it said \"fault: invariant broken\""),
    ("exit", None, "failed", "its init called exit(3)"),
    ("exit0", None, "failed", "its init called exit(0)"),
    ("never", None, "failed", f"its init did not return within {TIMEOUT} s"),
    ("throws", None, "failed", "its init threw a C++ exception, which nothing in C can catch (std::runtime_error: no device in slot 3)"),
    ("prints", None, "warning", "prints to standard output, where results go: \"Welcome to "),
    ("forks", None, "loaded", ""),
    ("kind", None, "warning", "brings a 'widget', a kind that this cplug does not know"),
    ("fine", None, "loaded", ""),
    ("overlap", None, "warning", "scheduler 'fault.fine' was already provided by fault.fine"),
    ("same", None, "shadowed", "cplug-fine.so, which comes first"),
]
# With a sanitizer loaded symbols are found, or exceptions and signals end, elsewhere.
NOT_SANITIZED = {"direct", "undefined"}


def make_all(folder):
    for name, make, _, _ in FIXTURES:
        make(name, folder) if make else built(name, folder)
    plugins = os.environ["CPLUG_PLUGINS"]
    good = sorted(n for n in os.listdir(plugins) if n.endswith(".so"))
    for name in good:
        os.symlink(os.path.realpath(os.path.join(plugins, name)), os.path.join(folder, name))
    return good


def rows_of_docs():
    """Regular expressions of the reasons in docs/plugins.md."""
    rows = []
    with open(os.path.join(SOURCE, "docs", "plugins.md"), encoding="utf-8") as f:
        table = f.read().split("## Reasons")[1]
    for line in table.splitlines():
        if line.startswith("| `"):
            words = line[3:line.index("` |")]
            rows.append((words, re.compile("(?:.*; )?" + ".+?".join(re.escape(part) for part in words.split("…")) + r"(?:; .*)?", re.S)))
    return rows


def processes_of(folder):
    left = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                if folder.encode() in f.read() and int(pid) != os.getpid():
                    left.append(pid)
        except OSError:
            pass
    return left


def check_reasons(listed, folder):
    failed, rows, used = 0, rows_of_docs(), set()
    own_words = {"message"}
    for name, _, state, words in FIXTURES:
        p = listed.get(os.path.join(folder, f"cplug-{name}.so"))
        if name in NOT_SANITIZED and SANITIZED:
            print(f"skipped  {name}: symbols are looked up elsewhere under a sanitizer")
            continue
        got = (p["state"], p["reason"]) if p else ("not listed", "")
        bad = got[0] != state or words not in got[1] or (not words and got[1])
        fitting = [row for row, pattern in rows if pattern.fullmatch(got[1])]
        used.update(fitting)
        if got[1] and not fitting and name not in own_words:
            bad, got = True, (got[0], got[1] + "  <- has no row in docs/plugins.md")
        failed += bool(bad)
        print(f"{'FAILED ' if bad else 'ok     '} {name:12} {got[0]:9} {got[1]}")
        if bad:
            print(f"         expected     {state:9} {words}")
    for row, _ in rows:
        if row not in used and not SANITIZED:
            failed += 1
            print(f"FAILED  docs/plugins.md has a row that no fixture gives: {row}")
    return failed


def check_text(folder, env):
    """For people: each broken file has its path and its reason below it; nothing that a plugin printed gets through as it was."""
    result = run("plugins", "--failed", "--timeout", str(TIMEOUT), env=env)
    expect_code(result, 0)
    lines = result.out.splitlines()
    for name, _, state, words in FIXTURES:
        if not words or (name in NOT_SANITIZED and SANITIZED):
            continue
        here = [i for i, line in enumerate(lines) if line.endswith(os.path.join(folder, f"cplug-{name}.so"))]
        expect(len(here) == 1 and lines[here[0]].startswith(state) and words in lines[here[0] + 1], name, *lines)
    expect("\033" not in result.out and not any(line.startswith("Welcome") for line in lines), result.out)
    broken = sum(state in ("failed", "shadowed") for _, _, state, _ in FIXTURES)
    expect(SANITIZED or f"{broken} cannot be used" in lines[-1], lines[-1])


def check_training(folder, env, scratch):
    result = run("train", model("line.ini"), "train.steps=1", cwd=scratch, env=env)
    expect_code(result, 0)
    expect("fault" not in result.out + result.err, result.out, result.err)
    result = run("train", model("line.ini"), "train.steps=1", "scheduler.type=fault.message", cwd=scratch, env=env)
    expect(result.code != 0 and "licences.example said no" in result.err, result.code, result.err)


def check_inspect(folder, env):
    began = time.monotonic()
    expect_code(run("inspect", "conv2d", env=env), 0)
    expect(time.monotonic() - began < TIMEOUT, "inspect of a layer waits for a plugin that has nothing to do with it")
    result = run("inspect", "fault.crash", env=env)  # the id of a plugin
    expect(result.code == 0 and "state              failed" in result.out and "crashed in its init" in result.out, result.code, result.out)
    result = run("inspect", "scheduler:fault.crash", env=env)
    expect(result.code == 2 and "crashed in its init" in result.err, result.code, result.err)
    expect_code(run("inspect", "fault.fine", env=env), 0)


def check_writable_folder(scratch):
    folder = os.path.join(scratch, "open")
    os.mkdir(folder)
    fine(folder, "fine")
    os.chmod(folder, 0o777)
    result = run("plugins", "--json", env={"CPLUG_PLUGIN_PATH": folder})
    expect_code(result, 0)
    told = json.loads(result.out)
    expect(not any(folder in p["path"] for p in told["plugins"]), told)
    expect(any(folder in w and "everybody may write to it" in w for w in told["warnings"]), told["warnings"])
    home = os.path.join(scratch, "home")  # a folder that nobody named is told of as well
    os.makedirs(os.path.join(home, "cplug", "plugins-0"))
    os.chmod(os.path.join(home, "cplug", "plugins-0"), 0o777)
    result = run("plugins", env={"XDG_DATA_HOME": home})
    expect("everybody may write to it" in result.out, result.out)
    print("ok      a folder that everybody may write to")


def main():
    if not os.path.exists(os.path.join(BUILT, "cplug-fine.so")):
        print("skipped: the broken plugins were not built")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="cplug faults ") as scratch:
        folder = os.path.join(scratch, "plugins")
        os.mkdir(folder, 0o755)
        good = make_all(folder)
        env = {"CPLUG_PLUGIN_PATH": folder, "XDG_DATA_HOME": scratch, "OMP_NUM_THREADS": "1", **QUIET}
        result = run("plugins", "--json", "--timeout", str(TIMEOUT), env=env)
        expect_code(result, 0)
        listed = {p["path"]: p for p in json.loads(result.out)["plugins"]}
        failed = check_reasons(listed, folder)
        for name in good:
            expect(listed[os.path.join(folder, name)]["state"] == "loaded", name, listed[os.path.join(folder, name)])
        expect(not processes_of(folder), "processes are left", processes_of(folder))
        check_text(folder, env)
        check_training(folder, env, scratch)
        check_inspect(folder, env)
        print("ok      training and inspect beside them")
        check_writable_folder(scratch)
        expect(stat.S_ISFIFO(os.stat(at(folder, "fifo")).st_mode), "the FIFO is as it was")
    sys.exit(1 if failed else 0)


main()
