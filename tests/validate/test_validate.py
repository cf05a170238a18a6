"""cplug-validate finds every fault that the plugins of this folder can have, under the name of its check, which is the first to fail; it passes them
without a fault, passes every shipped plugin, and says what the schema of its JSON says.

    test_validate.py VALIDATE CC INCLUDE_DIR SOURCE_DIR PLUGIN_DIR faults|shipped|command"""
import concurrent.futures
import gzip
import json
import os
import struct
import subprocess
import sys
import tempfile

validate, compiler, include, source, plugins, what = sys.argv[1:7]
sys.path.insert(0, os.path.join(source, "tests", "e2e"))
import schema  # noqa: E402
HERE = os.path.join(source, "tests", "validate")
SCHEMA = schema.load(source, "validate")
problems = []
GENERATED = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(plugins))), "include")  # of the build: cplug/api_table.h

# file: {fault: (the first check that fails, words in its text)}
FAULTS = {
    "faulty.c": {
        "WRONG_VALUE": ("values", "expected"),
        "WRITES_BEHIND": ("guard pages", "behind the end of out[0]"),
        "READS_BEHIND": ("guard pages", "behind the end of in[0]"),
        "WRITES_BEFORE": ("guard pages", "before out[0]"),
        "WRITES_INPUT": ("guard pages", "may only read"),
        "WANTS_ZEROS": ("guard pages", "expected 0"),
        "OVERRUNS_WORKSPACE": ("guard pages", "behind the end of the workspace"),
        "WANTS_ZEROED_WORKSPACE": ("guard pages", "expected"),
        "OVERRUNS_PACK": ("values", "behind the end of the packed input"),
        "STATIC_BUFFER": ("threads", "static buffer"),
        "COUNTS_CALLS": ("repeated calls", "other bits"),
        "DEPENDS_ON_PIECES": ("pieces", "other pieces"),
        "NOT_IN_PLACE": ("in place", "written over an input"),
        "NOT_STRIDED": ("strided results", "between its elements"),
        "LATE_ACCESS": ("after return", "after it has returned"),
        "SETS_LOCALE": ("host's state", "locale"),
        "FLUSHES_TO_ZERO": ("host's state", "flush to zero"),
        "ROUNDS_DOWN": ("host's state", "rounding"),
        "BLOCKS_SIGNALS": ("host's state", "signal mask"),
        "TAKES_SIGINT": ("host's state", "INT"),
        "CHANGES_FOLDER": ("host's state", "working directory"),
        "NEVER_RETURNS": ("values", "did not return"),
        "CRASHES": ("values", "crashes"),
        "CALLS_EXIT": ("values", "exit(3)"),
        "PRINTS": ("prints", "hello from relu"),
        "LEAKS": ("memory", "blocks"),
        "IGNORES_FULL_MEMORY": ("memory", "crashes"),
        "SILENT_ERROR": ("values", "without a word"),
        "LEAKS_PLAN": ("plans", "stay allocated"),
        "LEAKS_PLAN_WHEN_FULL": ("values", "when memory is short"),
        "PLAN_VARIES": ("values", "prepare"),
        "WANTS_PAGES": ("values", "aligned to 4096"),
        "NO_REASON": ("values", "without a reason"),
        "SCORE_TOO_HIGH": ("values", "200"),
        "MOODY_SUPPORT": ("values", "for the same call"),
        "UNKNOWN_OP": ("registers", "did you mean 'relu'"),
        "DEFAULT_OUT_OF_RANGE": ("loads", "7"),
        "NO_DOC": ("schema", "doc"),
        "OVERLAPS": ("schema", "over each other"),
        "OUTSIDE_STRUCT": ("loads", "64"),
        "NEVER_READ": ("reads its options", "period"),
        "HIDDEN_STATE": ("saved and loaded", "state_offset"),
        "PROMISE_BROKEN": ("manifest", "loss:other"),
        "UNPROMISED": ("manifest", "scheduler:faulty"),
        "NO_LICENSE": ("manifest", "license"),
    },
    "faulty_samples.c": {
        "ORDER_MATTERS": ("samples", "the second time"),
        "BATCH_DIFFERS": ("samples", "than alone"),
        "LEAVES_A_HOLE": ("samples", "memory that nobody wrote"),
        "BEHIND_THE_SAMPLE": ("samples", "behind the end of out[0]"),
        "SHARED_CURSOR": ("threads", "must not change what it shares"),
        "OWN_POOL": ("own threads", "OpenMP"),
        "KEEPS_MEMORY": ("memory", "when it is closed"),
        "IGNORES_FULL_MEMORY": ("memory", "crashes"),
        "SILENT_READ": ("samples", "without a word"),
        "NOT_REPRODUCIBLE": ("samples", "the second time"),
        "CHANGES_ITS_INPUT": ("samples", "its input, which it may only read"),
        "TRANSFORM_NEVER_CLOSES": ("memory", "when it is closed"),
    },
    "faulty_files.c": {
        "FORGETS_THE_SHAPE": ("round trip", "the memory for a tensor"),
        "BELIEVES_THE_COUNT": ("damaged files", "before it has looked"),
        "BELIEVES_THE_DTYPE": ("damaged files", "crashes"),
        "READS_WHAT_IS_CUT": ("cut files", "without an error"),
        "KEEPS_A_BAD_FILE": ("cut files", "blocks"),
        "GOES_ON_WITHOUT_A_DISK": ("disk and memory", "when the disk fails"),
        "FAILS_SILENTLY": ("cut files", "without a word"),
        "FORMAT_ROUNDS_DOWN": ("host's state", "rounding"),
        "CROOKED_BLOCKS": ("memory", "not aligned"),
        "ENDLESS_MEMORY": ("memory", "2^60"),
        "MORE_FREE_THAN_ALL": ("memory", "bytes free of"),
        "COPIES_LATE": ("copies", "when copy returns"),
        "SHARED_BOUNCE": ("threads", "each in a thread"),
    },
    "faulty_tensors.c": {
        "INFER_COUNTS": ("infer", "different ways"),
        "INFER_OVERFLOWS": ("infer", "a size below 0"),
        "INFER_SILENT": ("infer", "without a word"),
        "DECOMPOSITION_LIES": ("calls", "infer promised"),
        "DECOMPOSITION_STRIDED": ("calls", "strided inputs"),
        "WRONG_GRADIENT": ("gradient", "numerically"),
        "KERNEL_DIFFERS": ("values", "expected"),
        "LAYER_COUNTS": ("repeated calls", "the second time"),
        "LAYER_WRITES_INPUT": ("repeated calls", "changes its input"),
        "LAYER_HIDES_STATE": ("saved and loaded", "must be a parameter"),
        "LAYER_CHILD_LATE": ("saved and loaded", "declared in build"),
        "LAYER_ON_THE_HOST": ("on device sim", "neither parameter nor buffer"),
        "LAYER_BROKEN_IN_F64": ("in f64", "something else"),
        "OPTIMIZER_COUNTS": ("saved and loaded", "must be a slot"),
        "METRIC_STATIC": ("repeated calls", "disturb each other"),
        "METRIC_NEVER_EMPTY": ("repeated calls", "after a reset"),
        "METRIC_EMPTIES_ITSELF": ("repeated calls", "asked twice"),
        "CALLBACK_COUNTS": ("saved and loaded", "state_size"),
        "NO_COMPONENT_DOC": ("registers", "no doc"),
    },
}
# These may show before their own check, in memory that happens to hold something or is used again.
ANYWHERE = ("WANTS_ZEROS", "WANTS_ZEROED_WORKSPACE", "LATE_ACCESS")


def build(folder, file, fault):
    out = os.path.join(folder, f"cplug-{fault.lower()}.so")
    command = [compiler, "-std=gnu11", "-O1", "-w", "-shared", "-fPIC", "-fvisibility=hidden", f"-I{include}", f"-I{GENERATED}", f"-DFAULT={fault}", f"-DPLANTED_{fault}",
               os.path.join(HERE, file), "-o", out, "-lm", "-lpthread", *(["-fopenmp"] if fault == "OWN_POOL" else [])]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return out


def run(path, *arguments):
    done = subprocess.run([validate, path, "--json", *arguments], capture_output=True, text=True, timeout=300)
    try:
        report = json.loads(done.stdout)
    except ValueError:
        return done.returncode, {"checks": [{"subject": "", "check": "", "state": "failed", "text": done.stdout + done.stderr}]}
    for mistake in schema.mistakes(report, SCHEMA, SCHEMA):
        problems.append(f"{path}: docs/schemas/validate.json: {mistake}")
    return done.returncode, report


def describe(checks):
    return "\n    ".join(f"{c['state']} {c['subject']}, {c['check']}: {c['text'][:200]}" for c in checks)


def check_fault(folder, file, fault, check, words):
    code, report = run(build(folder, file, fault), *(["--seconds", "4"] if fault == "NEVER_RETURNS" else []))
    failed = [c for c in report["checks"] if c["state"] == "failed"]
    hits = [c for c in failed if words in c["text"] and c["check"] == check]
    good = code == 1 and hits and (failed[0] in hits or fault in ANYWHERE)
    print(f"{'ok     ' if good else 'FAILED '} {fault.lower()}: {hits[0]['check'] + ': ' + hits[0]['text'][:110] if hits else ''}", flush=True)
    if not good:
        problems.append(f"{fault}: wanted '{words}' first, in check '{check}', exit code {code}\n    {describe(failed)}")


def check_sound(path, *arguments, skipped=None):
    code, report = run(path, *arguments)
    bad = [c for c in report["checks"] if c["state"] == "failed"]
    left = [c for c in report["checks"] if c["state"] == "skipped" and "out of reach" not in c["text"]]
    good = not bad and code == 0 and (skipped is None or len(left) == skipped)
    print(f"{'ok     ' if good else 'FAILED '} {os.path.basename(path)}: {len(report['checks'])} checks, {report.get('skipped')} could not be made", flush=True)
    if not good:
        problems.append(f"{path} is sound, but\n    {describe(bad or left)}")


def faults():
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(2) as pool:
        jobs = []
        for file, planted in FAULTS.items():
            own = os.path.join(folder, file[:-2])
            os.mkdir(own)
            jobs.append(pool.submit(lambda own=own, file=file: check_sound(build(own, file, "SOUND"), skipped=0)))
            jobs += [pool.submit(check_fault, own, file, name, *expected) for name, expected in planted.items()]
        for job in jobs:
            job.result()


def write_idx(path, shape, values):
    with gzip.open(path, "wb") as f:
        f.write(struct.pack(f">{len(shape) + 1}I", 0x800 + len(shape), *shape) + bytes(values))


def shipped():
    """Data sets that need files get them; nothing but a device's memory is left out."""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "t.csv"), "w") as f:
            f.write("a,b,y\n" + "".join(f"{i},{i * i % 7},{i % 2}\n" for i in range(30)))
        for part, n in (("train", 40), ("t10k", 20)):
            write_idx(os.path.join(folder, f"{part}-images-idx3-ubyte.gz"), (n, 28, 28), (i * 7 % 256 for i in range(n * 784)))
            write_idx(os.path.join(folder, f"{part}-labels-idx1-ubyte.gz"), (n,), (i % 10 for i in range(n)))
        needs = {"cplug-csv.so": f"csv file={folder}/t.csv target=y", "cplug-mnist.so": f"mnist root={folder}"}
        for name in sorted(os.listdir(plugins)):
            if name.startswith("cplug-") and name.endswith(".so"):
                check_sound(os.path.join(plugins, name), *(["--with", needs[name]] if name in needs else []), skipped=0)


def expect(condition, *words):
    if not condition:
        problems.append(" ".join(str(w) for w in words))


def command():
    """The command line itself."""
    def call(*arguments, **more):
        return subprocess.run([validate, *arguments], capture_output=True, text=True, timeout=100, **more)
    losses = os.path.join(plugins, "cplug-losses.so")
    help_text = call("--help")
    expect(help_text.returncode == 0 and "--with" in help_text.stdout and not help_text.stderr, "--help", help_text)
    expect(call("--version").stdout.startswith("cplug-validate "), "--version")
    for arguments, words in ((("--jason", losses), "unknown flag '--jason'"), ((losses, "--seconds"), "missing"), ((losses, "--seconds", "soon"), "'soon'"),
                             ((losses, "--seconds=0"), "'0'"), ((losses, losses), "one file"), ((), "expected the file")):
        done = call(*arguments)
        expect(done.returncode == 2 and words in done.stderr and not done.stdout, arguments, done)
    done = call("/nowhere/cplug-x.so")
    expect(done.returncode == 4 and "No such file" in done.stderr, done)
    with tempfile.TemporaryDirectory() as folder:
        text = os.path.join(folder, "cplug-text.so")
        open(text, "w").write("no plugin")
        done = call(text)
        expect(done.returncode == 1 and "not an ELF file" in done.stdout, done)
        done = call(losses, env=dict(os.environ, TMPDIR=folder), cwd=folder)
        expect(done.returncode == 0 and os.listdir(folder) == ["cplug-text.so"], "something is left behind", os.listdir(folder), done)
    done = call(losses, "--with", "no_such_loss x=1")
    expect(done.returncode == 1 and "brings no component of this name" in done.stdout, done)
    done = call(os.path.join(plugins, "cplug-csv.so"), "--with", "csv file=/nowhere.csv")
    expect(done.returncode == 1 and "could not be used as 'csv file=/nowhere.csv'" in done.stdout, done)
    if os.path.exists("/dev/full"):
        with open("/dev/full", "w") as full:
            done = subprocess.run([validate, losses], stdout=full, stderr=subprocess.PIPE, text=True)
        expect(done.returncode == 1 and "cannot be written" in done.stderr, done)


{"faults": faults, "shipped": shipped, "command": command}[what]()
sys.exit("\n".join(problems) if problems else 0)
