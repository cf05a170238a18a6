"""cplug-validate finds every fault that faulty.c can have, under the name of its check, passes a sound plugin, and every shipped one.

    test_validate.py VALIDATE CC INCLUDE_DIR SOURCE PLUGIN_DIR [faults|shipped]"""
import json
import os
import re
import subprocess
import sys
import tempfile

validate, compiler, include, source, plugins, what = sys.argv[1:7]
problems = []

# fault: (check that fails, words in its text)
FAULTS = {
    "WRONG_VALUE": ("values", "expected"),
    "WRITES_BEHIND": ("guard pages", "behind the end of out[0]"),
    "READS_BEHIND": ("guard pages", "behind the end of in[0]"),
    "WRITES_BEFORE": ("guard pages", "before out[0]"),
    "WRITES_INPUT": ("guard pages", "may only read"),
    "STATIC_BUFFER": ("threads", "static buffer"),
    "COUNTS_CALLS": ("repeated calls", "other bits"),
    "LATE_ACCESS": (None, "after it has returned"),
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
    "LEAKS_PLAN": ("plans", "stay allocated"),
    "PLAN_VARIES": ("values", "prepare"),
    "NO_REASON": ("values", "without a reason"),
    "SCORE_TOO_HIGH": ("values", "200"),
    "MOODY_SUPPORT": ("values", "for the same call"),
    "DEFAULT_OUT_OF_RANGE": (None, "7"),
    "NO_DOC": (None, "doc"),
    "OVERLAPS": (None, "over"),
    "OUTSIDE_STRUCT": (None, "64"),
    "NEVER_READ": ("reads its options", "period"),
    "PROMISE_BROKEN": ("manifest", "loss:other"),
    "UNPROMISED": ("manifest", "scheduler:faulty"),
    "NO_LICENSE": ("manifest", "license"),
}


def build(folder, fault):
    out = os.path.join(folder, f"cplug-{fault.lower()}.so")
    command = [compiler, "-std=gnu11", "-O1", "-shared", "-fPIC", "-fvisibility=hidden", f"-I{include}", f"-DFAULT={number(fault)}", source, "-o", out, "-lm", "-lpthread"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return out


def number(fault):
    names = re.search(r"enum \{(.*?)\};", open(source).read(), re.S).group(1)
    return [n.strip() for n in names.split(",")].index(fault)


def run(path, seconds=60):
    done = subprocess.run([validate, path, "--json", "--seconds", str(seconds)], capture_output=True, text=True, timeout=300,
                          env=dict(os.environ, OMP_NUM_THREADS="2"))
    try:
        return done.returncode, json.loads(done.stdout)
    except ValueError:
        return done.returncode, {"checks": [{"subject": "", "check": "", "state": "failed", "text": done.stdout + done.stderr}]}


def describe(checks):
    return "\n    ".join(f"{c['state']} {c['subject']}, {c['check']}: {c['text'][:160]}" for c in checks)


def check_fault(folder, fault, check, words):
    code, report = run(build(folder, fault), 3 if fault == "NEVER_RETURNS" else 60)
    failed = [c for c in report["checks"] if c["state"] == "failed"]
    hits = [c for c in failed if words in c["text"] and check in (None, c["check"])]
    good = code == 1 and hits
    print(f"{'ok     ' if good else 'FAILED '} {fault.lower()}: {hits[0]['text'][:110] if hits else ''}")
    if not good:
        problems.append(f"{fault}: wanted '{words}' in check '{check}', exit code {code}\n    {describe(failed)}")


def check_sound(path):
    code, report = run(path)
    bad = [c for c in report["checks"] if c["state"] == "failed"]
    print(f"{'FAILED ' if bad else 'ok     '} {os.path.basename(path)}: {len(report['checks'])} checks, {report.get('skipped')} could not be made")
    if bad or code != 0:
        problems.append(f"{path} is sound, but\n    {describe(bad)}")


with tempfile.TemporaryDirectory() as folder:
    if what == "faults":
        check_sound(build(folder, "SOUND"))
        for name, expected in FAULTS.items():
            check_fault(folder, name, *expected)
    else:
        for name in sorted(os.listdir(plugins)):
            if name.startswith("cplug-") and name.endswith(".so"):
                check_sound(os.path.join(plugins, name))
sys.exit("\n".join(problems) if problems else 0)
