"""What the package tests share: the installed and moved tree, ways to build against it, and a list of test functions.

    package.py install      installs the build below a path with a space and moves it to another one
    package.py examples     builds examples/ against it"""
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile
import traceback

SOURCE = pathlib.Path(os.environ["CPLUG_SOURCE"])
BUILD = pathlib.Path(os.environ["CPLUG_BUILD"])
CC, CXX, CMAKE, GENERATOR = (os.environ["CPLUG_" + name] for name in ("CC", "CXX", "CMAKE", "GENERATOR"))
SANITIZE = os.environ["CPLUG_SANITIZE"]
WORK = BUILD / "package test"
FIRST, PREFIX = WORK / "first place" / "cplug", WORK / "moved here" / "cplug"
LIB = PREFIX / os.environ["CPLUG_LIBDIR"]
PLUGINS = LIB / "cplug" / ("plugins-" + os.environ["CPLUG_ABI"].split(".")[0])
EXAMPLES = WORK / "examples"
RUN = PREFIX / "bin" / "cplug-run"
# A program that loads instrumented libraries must be instrumented itself.
FLAGS = {"": [], "address": ["-fsanitize=address,undefined"], "thread": ["-fsanitize=thread"]}[SANITIZE]
FLAGS += ["--coverage"] if os.environ["CPLUG_COVERAGE"] == "ON" else []
HERE = pathlib.Path(__file__).resolve().parent


def expect(condition, *what):
    if not condition:
        raise AssertionError("\n".join(str(w) for w in what))


def start(command, cwd=None, env=None, stdin=""):
    """Runs without the user's plugins; returns code, out, err."""
    environment = {k: v for k, v in os.environ.items() if k not in ("CPLUG_PLUGIN_PATH", "LD_LIBRARY_PATH", "XDG_DATA_HOME")}
    environment.update(HOME=str(WORK), **(env or {}))
    done = subprocess.run([str(word) for word in command], cwd=cwd, env=environment, input=stdin, capture_output=True, text=True, timeout=240)
    return done.returncode, done.stdout, done.stderr


def output(command, cwd=None, env=None, stdin=""):
    code, out, err = start(command, cwd, env, stdin)
    expect(code == 0, f"exit code {code} of {command}", out, err)
    return out


def configure(source, build, *options):
    flags = " ".join(FLAGS)
    return start([CMAKE, "-S", source, "-B", build, "-G", GENERATOR, f"-DCMAKE_C_COMPILER={CC}", f"-DCMAKE_CXX_COMPILER={CXX}",
                  f"-DCMAKE_C_FLAGS={flags}", f"-DCMAKE_CXX_FLAGS={flags}", f"-DCPLUG_SANITIZE={SANITIZE}", *options])


def build(source, where, *options):
    code, out, err = configure(source, where, f"-DCMAKE_PREFIX_PATH={PREFIX}", *options)
    expect(code == 0, out, err)
    return output([CMAKE, "--build", where, "--parallel", "2"])


def pkg_config(*arguments):
    if not shutil.which("pkg-config"):
        print("skipped: pkg-config is not installed")
        sys.exit(77)
    return shlex.split(output(["pkg-config", *arguments], env={"PKG_CONFIG_PATH": str(LIB / "pkgconfig")}))


def compile_against(package, sources, program, *options):
    """By a compiler and pkg-config alone."""
    cpp = any(str(s).endswith(".cpp") for s in sources)
    output([CXX if cpp else CC, "-std=c++11" if cpp else "-std=c11", "-Wall", "-Wextra", "-Werror", *FLAGS, *options, *sources, "-o", program,
            *pkg_config("--cflags", "--libs", package), f"-Wl,-rpath,{LIB}", "-lm"])
    return program


def main(tests):
    failed = 0
    for test in tests:
        with tempfile.TemporaryDirectory(prefix="cplug package ") as folder:
            try:
                test(pathlib.Path(folder))
                print(f"ok      {test.__name__}")
            except Exception:
                failed += 1
                print(f"FAILED  {test.__name__}\n{traceback.format_exc()}")
    sys.exit(1 if failed else 0)


def install():
    shutil.rmtree(WORK, ignore_errors=True)
    output([CMAKE, "--install", BUILD, "--prefix", FIRST])
    PREFIX.parent.mkdir()
    FIRST.rename(PREFIX)
    FIRST.parent.rmdir()


if __name__ == "__main__":
    {"install": install, "examples": lambda: build(SOURCE / "examples", EXAMPLES)}[sys.argv[1]]()
