#!/usr/bin/env python3
"""Training steps of cplug and of PyTorch on the same machine in one run, turn by turn, so that noise hits both.

usage: beside_pytorch.py [--build build] [--rounds 5] [--backends openblas,cpu] [--json]
Needs a Python with torch (pip install torch).  Prints the median of the rounds' medians, in milliseconds, and the ratio.
"""
import argparse
import json
import os
import statistics
import subprocess
import time

WORKLOADS = ["mnist-mlp", "mnist-lenet"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--backends", default="auto")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def torch_step(name, threads):
    import torch
    from torch import nn

    torch.set_num_threads(threads)
    torch.manual_seed(0)
    if name == "mnist-mlp":
        net = nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))
        optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    else:
        net = nn.Sequential(nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2),
                            nn.Flatten(), nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10))
        optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
    loss = nn.CrossEntropyLoss()
    x, y = torch.randn(64, 1, 28, 28), torch.randint(0, 10, (64,))

    def step():
        optimizer.zero_grad()
        loss(net(x), y).backward()
        optimizer.step()

    return step


def time_torch(step, seconds=1.0):
    for _ in range(20):
        step()
    times = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        begin = time.perf_counter()
        step()
        times.append((time.perf_counter() - begin) * 1e3)
    return statistics.median(times)


def time_cplug(args, name):
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    command = [os.path.join(args.build, "bin", "cplug-run"), "bench", os.path.join(root, "models", name + ".ini"), "--json",
               "runtime.backends=" + args.backends, "runtime.threads=%d" % args.threads]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    args = arguments()
    rows = []
    for name in WORKLOADS:
        step = torch_step(name, args.threads)
        ours, theirs = [], []
        for _ in range(args.rounds):
            report = time_cplug(args, name)
            ours.append(report["step_ms"]["median"])
            theirs.append(time_torch(step))
        rows.append({"model": name, "backends": report["backends"], "threads": args.threads, "cplug_ms": statistics.median(ours),
                     "pytorch_ms": statistics.median(theirs), "ratio": statistics.median(t / o for t, o in zip(theirs, ours)),
                     "cplug_peak_rss_mb": report["peak_rss_mb"]})
    if args.json:
        print(json.dumps(rows))
        return
    print("%-12s %-20s %10s %12s %8s" % ("model", "backends", "cplug ms", "PyTorch ms", "ratio"))
    for row in rows:
        print("%-12s %-20s %10.3f %12.3f %7.1fx" % (row["model"], row["backends"], row["cplug_ms"], row["pytorch_ms"], row["ratio"]))


if __name__ == "__main__":
    main()
