"""The examples of README.md, taken out of it: the INI file trains, the program builds and learns, the plugin builds and is loaded."""
import os
import subprocess
import sys
from e2e import SOURCE, expect, expect_code, main, run, write

README = open(os.path.join(SOURCE, "README.md")).read()
CC = os.environ["CPLUG_CC"]
LIBRARIES = os.environ["CPLUG_LIBRARY_DIR"]
INCLUDE = "-I" + os.path.join(SOURCE, "core", "include")
if os.environ.get("CPLUG_SANITIZED"):
    print("skipped: a program without the sanitizer cannot load libraries that have it")
    sys.exit(77)


def block(language, begins):
    inside, text = None, ""
    for line in README.splitlines(keepends=True):
        if not line.startswith("```"):
            text += line
        elif inside is None:
            inside, text = line[3:].strip(), ""
        else:
            if inside == language and text.startswith(begins):
                return text
            inside = None
    raise AssertionError(f"README.md has no {language} block that begins with {begins}")


def compile_c(*args):
    done = subprocess.run([CC, "-std=c11", "-Wall", "-Wextra", "-Werror", INCLUDE, *args], capture_output=True, text=True)
    expect(done.returncode == 0, done.stderr)


def ini_file(folder):
    text = block("ini", "; spirals.ini")
    write(folder, "spirals.ini", text)
    expect_code(run("train", "spirals.ini", "optimizer.lr=2e-2", cwd=folder), 0)
    expect_code(run("eval", "spirals.ini", "--weights", "runs/spirals-1/model.safetensors", cwd=folder), 0)
    expect_code(run("predict", "runs/spirals-1", cwd=folder), 0)
    number = text.splitlines().index("out_features = 64") + 1
    write(folder, "spirals.ini", text.replace("out_features = 64", "out_feature = 64"))
    result = run("check", "spirals.ini", cwd=folder)
    wanted = block("", "spirals.ini:")
    expect(wanted.startswith(f"spirals.ini:{number}:1:") and result.err == wanted, wanted, result.err)


def host_program(folder):
    source = write(folder, "train.c", block("c", "/* train.c"))
    program = os.path.join(folder, "train")
    compile_c(source, "-o", program, "-L" + LIBRARIES, "-Wl,-rpath," + LIBRARIES, "-lcplug")
    done = subprocess.run([program], cwd=folder, capture_output=True, text=True, timeout=120)
    expect(done.returncode == 0, done.stdout, done.stderr)
    expect(float(done.stdout.split()[1]) < 0.5, done.stdout)
    expect(os.path.exists(os.path.join(folder, "spirals.safetensors")), os.listdir(folder))


def plugin(folder):
    source = write(folder, "acme.c", block("c", "/* acme.c"))
    compile_c("-shared", "-fPIC", source, "-o", os.path.join(folder, "cplug-acme.so"))
    os.chmod(folder, 0o755)
    result = run("plugins", env={"CPLUG_PLUGIN_PATH": folder})
    expect(any("com.acme.kernels" in line and line.startswith("loaded") for line in result.out.splitlines()), result.out)


main([ini_file, host_program, plugin])
