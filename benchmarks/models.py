"""Trains the shipped models that docs/models.md speaks of, and beside each the linear model that is left without its hidden layers, same schedule.
    python3 benchmarks/models.py --data DIR [--run build/bin/cplug-run] [--seeds 0,1,2] [NAME ...]
DIR holds mnist/, fashion-mnist/, and iris.csv and cal_housing.data, there or in csv/.  Prints the table of that page."""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DATA = {"mnist-tuned": "mnist", "fashion-mlp": "fashion-mnist", "mnist-mlp": "mnist", "mnist-lenet": "mnist", "iris": "iris.csv", "housing": "cal_housing.data"}
KEYS = {"iris": "file", "housing": "file"}


def overrides(folder, name):
    path = os.path.join(folder, DATA[name])
    path = path if os.path.exists(path) else os.path.join(folder, "csv", DATA[name])
    return [f"data.{part}.{KEYS.get(name, 'root')}={path}" for part in ("train", "valid")]


def hidden(ini):
    """Every layer but the last one and what only changes the shape."""
    layers = re.findall(r"^\[layer\.(\S+)\]\s+type\s*=\s*(\w+)", open(ini).read(), re.M)
    return [word for name, kind in layers[:-1] if kind != "flatten" for word in ("--unset", "layer." + name)]


def train(run, ini, args):
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([run, "train", ini, "--json", "--run-dir", os.path.join(folder, "run"), *args], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def figure(end):
    """The metric that the model is known by."""
    return end["valid"].get("accuracy", end["valid"].get("mae"))


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("names", nargs="*", default=["mnist-tuned", "fashion-mlp", "iris", "housing"])
    arguments.add_argument("--data", required=True)
    arguments.add_argument("--run", default=os.path.join(SOURCE, "build", "bin", "cplug-run"))
    arguments.add_argument("--seeds", default="0,1,2")
    arguments.add_argument("--set", action="append", default=[], help="section.key=value for all")
    a = arguments.parse_args()
    print("| model | parameters | figure | seeds " + a.seeds + " | linear model | seconds |\n|---|---|---|---|---|---|")
    for name in a.names:
        ini, data = os.path.join(SOURCE, "models", name + ".ini"), overrides(os.path.abspath(a.data), name)
        seeds = [f"runtime.seed={s}" for s in a.seeds.split(",")]
        ends = [train(a.run, ini, [*data, seed, *a.set]) for seed in seeds]
        lines = [train(a.run, ini, [*data, seed, *a.set, *hidden(ini)]) for seed in seeds]
        show = lambda e: " ".join(f"{figure(x):.4f}" for x in e)  # noqa: E731
        what = "accuracy" if "accuracy" in ends[0]["valid"] else "mean absolute error"
        print(f"| `{name}.ini` | {ends[0]['parameters']:,} | {what} | {show(ends)} | {show(lines)} | {max(e['seconds'] for e in ends):.1f} |", flush=True)


main()
