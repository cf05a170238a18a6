"""docs/write-a-backend.md from an empty file to a validated plugin: the page shows examples/backend-acme/acme.c whole, at most 100 lines,
which builds with the page's command and passes cplug-validate; so does add.c, and the output that the page shows is what comes.

    test_page.py VALIDATE CC INCLUDE_DIR SOURCE_DIR"""
import os
import re
import subprocess
import sys
import tempfile

validate, compiler, include, source = sys.argv[1:5]
page = open(os.path.join(source, "docs", "write-a-backend.md")).read()
shown = re.search(r"<!-- file: (\S+) -->\n```c\n(.*?)```", page, re.S)
code = open(os.path.join(source, shown.group(1))).read()
if code != shown.group(2):
    sys.exit(f"docs/write-a-backend.md does not show {shown.group(1)} as it is: copy it into the page")
files = {"acme.c": shown.group(2), "add.c": re.search(r"```c\n(/\* add\.c: .*?)```", page, re.S).group(1)}
command = re.search(r"^gcc (.*)$", page, re.M).group(1).replace("$(pkg-config --cflags cplug)", "FLAGS")
output = re.search(r"```\n(ok +plugin.*?)```", page, re.S).group(1)
with tempfile.TemporaryDirectory() as folder:
    for name, text in files.items():
        lines, plugin = len(text.splitlines()), f"cplug-{name[:-2]}.so"
        if lines > 100:
            sys.exit(f"{name} has {lines} lines, the page promises at most 100")
        with open(os.path.join(folder, name), "w") as f:
            f.write(text)
        words = [f"-I{include}" if w == "FLAGS" else w for w in command.replace("acme.c", name).replace("cplug-acme.so", plugin).split()]
        done = subprocess.run([compiler, "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror", *words], cwd=folder, capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stderr)
        done = subprocess.run([validate, plugin], cwd=folder, capture_output=True, text=True)
        print(done.stdout, done.stderr)
        states = [line.split()[0] for line in done.stdout.splitlines()[:-1]]
        if done.returncode or "values" not in done.stdout or set(states) != {"ok"}:
            sys.exit(f"the page's plugin {name} does not pass cplug-validate")
        came = [line.rstrip() for line in done.stdout.splitlines()[:4]]
        if name == "acme.c" and [re.sub(r"\d+ ca", "N ca", line) for line in came] != [re.sub(r"\d+ ca", "N ca", line) for line in output.splitlines()]:
            sys.exit("the page shows another output than comes:\n" + "\n".join(came))
        print(f"{name}: {lines} lines")
