#!/usr/bin/env python3
"""Lines of core/ that the tests ran, file by file, by gcov alone.  coverage.py BUILD_DIR SOURCE_DIR [--least PERCENT] [--show FILE]"""
import argparse
import json
import os
import subprocess
import sys


def objects(folder):
    for path, _, names in os.walk(os.path.realpath(folder)):
        yield from (os.path.join(path, name) for name in names if name.endswith(".gcda"))


def lines_of(paths, sources):
    """{file: {line: times}}; a line of a header counts once for all that include it."""
    counts = {}
    for at in range(0, len(paths), 50):
        command = ["gcov", "--json-format", "--stdout", *paths[at : at + 50]]
        out = subprocess.run(command, capture_output=True, text=True, check=True, cwd=os.path.dirname(paths[0])).stdout
        for text in out.splitlines():
            for file in json.loads(text)["files"]:
                name = os.path.realpath(file["file"])
                if not name.startswith(sources):
                    continue
                lines = counts.setdefault(os.path.relpath(name, sources), {})
                for line in file["lines"]:
                    lines[line["line_number"]] = max(line["count"], lines.get(line["line_number"], 0))
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build")
    parser.add_argument("source")
    parser.add_argument("--least", type=float, default=0.0)
    parser.add_argument("--show", help="print the lines of this file that never ran")
    parser.add_argument("--reset", action="store_true", help="forget all counts instead")
    args = parser.parse_args()
    if args.reset:
        return [os.remove(path) for path in objects(args.build)]
    sources = os.path.realpath(os.path.join(args.source, "core", "src")) + os.sep
    paths = sorted(objects(os.path.join(args.build, "core")))
    if not paths:
        sys.exit(f"{args.build} has no counts: configure with the preset coverage, build, and run the tests first")
    counts = lines_of(paths, sources)
    total = covered = 0
    for name, lines in sorted(counts.items(), key=lambda item: sum(map(bool, item[1].values())) / max(len(item[1]), 1)):
        ran = sum(1 for times in lines.values() if times)
        total, covered = total + len(lines), covered + ran
        print(f"{100 * ran / max(len(lines), 1):6.1f} %  {ran:5} of {len(lines):5}  {name}")
        if name == args.show:
            text = open(os.path.join(sources, name), encoding="utf-8").read().splitlines()
            print("\n".join(f"  {n}: {text[n - 1]}" for n in sorted(lines) if not lines[n]))
    percent = 100 * covered / max(total, 1)
    print(f"{percent:6.1f} %  {covered:5} of {total:5}  core/src")
    if percent < args.least:
        sys.exit(f"less than {args.least} % of core/ is covered")


main()
