"""What the end-to-end tests share: running cplug-run in a fresh directory, checks that tell what differs, and a list of test functions."""
import os
import subprocess
import sys
import tempfile
import traceback

RUN = os.environ["CPLUG_RUN"]
SOURCE = os.environ["CPLUG_SOURCE"]
MODELS = os.path.join(SOURCE, "models")
HERE = os.path.dirname(os.path.abspath(__file__))


class Result:
    def __init__(self, done):
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr


def run(*args, cwd=None, stdin="", env=None):
    environment = dict(os.environ, **(env or {}))
    done = subprocess.run([RUN, *args], cwd=cwd, input=stdin, capture_output=True, text=True, env=environment, timeout=240)
    return Result(done)


def expect(condition, *what):
    if not condition:
        raise AssertionError("\n".join(str(w) for w in what))


def expect_code(result, code):
    expect(result.code == code, f"exit code {result.code}, expected {code}", result.out, result.err)


def model(name):
    return os.path.join(MODELS, name)


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "wb") as f:
        f.write(text if isinstance(text, bytes) else text.encode())
    return path


def main(tests):
    failed = 0
    for test in tests:
        with tempfile.TemporaryDirectory(prefix="cplug e2e ") as folder:
            try:
                test(folder)
                print(f"ok      {test.__name__}")
            except Exception:
                failed += 1
                print(f"FAILED  {test.__name__}\n{traceback.format_exc()}")
    sys.exit(1 if failed else 0)
