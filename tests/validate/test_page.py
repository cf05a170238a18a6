"""docs/write-a-backend.md from an empty file to a validated plugin: the page shows examples/backend-acme/acme.c whole, at most 100 lines,
which builds with the page's command and passes cplug-validate.

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
lines = len(code.splitlines())
if lines > 100:
    sys.exit(f"{shown.group(1)} has {lines} lines, the page promises at most 100")
command = re.search(r"^gcc (.*)$", page, re.M).group(1).replace("$(pkg-config --cflags cplug)", f"-I{include}").split()
with tempfile.TemporaryDirectory() as folder:
    with open(os.path.join(folder, "acme.c"), "w") as f:
        f.write(shown.group(2))
    done = subprocess.run([compiler, *command], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    done = subprocess.run([validate, "cplug-acme.so"], cwd=folder, capture_output=True, text=True)
    print(done.stdout, done.stderr)
    if done.returncode or "values" not in done.stdout:
        sys.exit("the page's plugin does not pass cplug-validate")
print(f"{lines} lines")
