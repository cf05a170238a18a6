"""The manual pages: cplug-run(1) is what the tables say, and no page has mistakes that mandoc or man would tell."""
import glob
import json
import os
import re
import shutil
import subprocess
from e2e import SOURCE, expect, main, run

MAN = os.path.join(SOURCE, "docs", "man")
PAGES = sorted(glob.glob(os.path.join(MAN, "*.[1-9]")))


def no_drift(folder):
    page = open(os.path.join(MAN, "cplug-run.1"), encoding="utf-8").read()
    expect(run("--man").out == page, "docs/man/cplug-run.1 is out of date: cplug-run --man >docs/man/cplug-run.1")


def everything_is_there(folder):
    page = open(os.path.join(MAN, "cplug-run.1"), encoding="utf-8").read()
    guide = open(os.path.join(SOURCE, "docs", "cplug-run.md"), encoding="utf-8").read()
    for verb in json.loads(run("--help", "--json").out)["verbs"]:
        expect(f".It Cm {verb['name']}" in page and f"cplug-run {verb['name']}" in guide, "undocumented verb", verb["name"])
        text = run("help", verb["name"])
        expect(text.code == 0 and (verb["example"] in text.out or verb["name"] == "op"), verb["name"], text.out)
        for flag in verb["flags"]:
            expect(f".It Fl -{flag['name'][2:]}" in page, "the manual page lacks the flag", flag["name"])
            expect(f"{flag['name']}" in guide, "docs/cplug-run.md lacks the flag", flag["name"])
            expect(flag["name"] in text.out or verb["name"] == "op", verb["name"], "help lacks", flag["name"])
            for key in ("default", "environment"):
                words = " ".join(text.out.split())
                expect(key not in flag or f"({key}: {flag[key]})" in words or verb["name"] == "op", verb["name"], flag, text.out)


def lint(folder):
    if not shutil.which("mandoc"):
        print("        mandoc is not installed: the pages are not linted (apt-get install mandoc)")
        return
    for page in PAGES:
        done = subprocess.run(["mandoc", "-Tlint", page], capture_output=True, text=True)
        lines = [line for line in done.stdout.splitlines() if "referenced manual not found" not in line]
        expect(not lines, *lines)


def no_control_of_the_terminal(folder):
    for page in PAGES:
        text = open(page, encoding="utf-8").read()
        expect(not re.search(r"[^\x20-\x7e\n]", text), page, "a byte that is no plain text")


main([no_drift, everything_is_there, lint, no_control_of_the_terminal])
