"""What the guide and the help show can be pasted: the shell blocks of docs/cplug-run.md in their order and the example of each verb run in a
folder that has the models and a trained run of those that they name."""
import json
import os
import re
import subprocess
from e2e import RUN, SOURCE, MODELS, expect, expect_code, main, run

ONE_THREAD = {"CPLUG_RUNTIME_THREADS": "1"}  # tests run beside each other
SKIPPED = ("mnist-mlp.ini train", "~/.zfunc")  # MNIST itself; a file in the home directory


def paste(text, folder):
    env = dict(os.environ, **ONE_THREAD, PATH=os.path.dirname(RUN) + os.pathsep + os.environ["PATH"])
    done = subprocess.run(["bash", "-c", text], cwd=folder, env=env, capture_output=True, text=True, timeout=200)
    expect(done.returncode == 0, text, f"exit code {done.returncode}", done.stdout, done.stderr)


def prepare(folder):
    os.symlink(MODELS, os.path.join(folder, "models"))
    for name, more in (("spirals", ()), ("spirals", ("train.epochs=2",)), ("line", ("train.epochs=2",))):
        expect_code(run("train", f"models/{name}.ini", *more, cwd=folder, env=ONE_THREAD), 0)


def guide(folder):
    prepare(folder)
    text = open(os.path.join(SOURCE, "docs", "cplug-run.md"), encoding="utf-8").read()
    lines = [line for block in re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S) for line in block.splitlines()]
    expect(len(lines) >= 6, lines)
    for line in lines:
        if not any(word in line for word in SKIPPED):
            paste(line, folder)


def help_examples(folder):
    prepare(folder)
    verbs = json.loads(run("--help", "--json").out)["verbs"]
    expect(len(verbs) >= 13, verbs)
    for verb in verbs:
        if verb["name"] != "op":  # test_op.py
            paste(verb["example"], folder)
    listed = run("--help").out
    for line in re.findall(r"^  (cplug-run .*?)(?:   .*)?$", listed, re.M):
        paste(line, folder)


main([guide, help_examples])
