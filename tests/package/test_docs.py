"""The pages for hosts and for authors of components are true: what stands in them is built against the installed package and used."""
import os
import re
import shutil
from doc_blocks import blocks, unnamed
from package import CMAKE, CXX, HERE, LIB, PREFIX, RUN, SOURCE, build, compile_against, expect, main, output, start

COMPONENTS, EMBED = SOURCE / "docs" / "write-a-component.md", SOURCE / "docs" / "embed.md"
KINDS = {"sine": "dataset", "jitter": "transform", "affine": "module", "log_cosh": "loss", "signum": "optimizer", "halve": "scheduler",
         "max_error": "metric", "good_enough": "callback", "plain": "format"}
HEAD = "cmake_minimum_required(VERSION 3.20)\nproject(page C CXX)\nset(CMAKE_C_STANDARD 11)\nadd_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Werror)\n"


def write(folder, files):
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def components(folder):
    files = blocks(COMPONENTS)
    sources = [name for name in files if name.endswith(".c")]
    expect(sorted(sources) == sorted(name + ".c" for name in KINDS), sources)
    lines = [f"cplug_add_plugin(my-{name[:-2]} SOURCES {name})" for name in sources]
    write(folder, dict(files, **{"CMakeLists.txt": HEAD + "find_package(cplug 0.1 REQUIRED)\n" + "\n".join(lines) + "\n"}))
    build(folder, folder / "build")
    plugins = {"CPLUG_PLUGIN_PATH": str(folder / "build")}
    for name, kind in KINDS.items():
        if kind != "format":
            expect(f"{kind} my.{name}" in output([RUN, "inspect", f"my.{name}"], env=plugins), name)
    out = output([RUN, "train", "everything.ini"], cwd=folder, env=plugins)
    expect(float(re.search(r"(?m)^max_error (\S+)", out).group(1)) < 0.2, out)
    expect("epoch 40/40" not in out and "good enough" in out, "the callback did not end training", out)
    program = compile_against("cplug", [HERE / "check_format.c"], folder / "check_format")
    code, out, err = start([program], cwd=folder, env=plugins)
    expect(code == 0, out, err)


def embed(folder):
    write(folder, blocks(EMBED))
    build(folder, folder / "build")
    out = output([folder / "build" / "app"], cwd=folder)
    expect(re.search(r"y = (2\.0|1\.9)\d x \+ (1\.0|0\.9)\d", out), out)
    output([CMAKE, "--install", folder / "build", "--prefix", folder / "shipped"])
    shutil.move(folder / "shipped", folder / "elsewhere")
    out = output([folder / "elsewhere" / "bin" / "app"], cwd=folder, env={"LD_DEBUG": "libs", "LD_DEBUG_OUTPUT": str(folder / "libs")})
    text = "".join(path.read_text() for path in folder.glob("libs.*"))
    expect(f"{folder}/elsewhere" in text and "calling init: " + str(PREFIX) not in text, "the shipped program uses the installed library", text)
    expect(re.search(r"y = (2\.0|1\.9)\d x", out), out)


def embed_snippets(folder):
    """Blocks without a name are statements: they compile inside a function."""
    head = "#include <cplug/launcher.h>\n#include <stdio.h>\n#include <string.h>\n"
    for number, text in enumerate(unnamed(EMBED, "c")):
        body = f"{head}void snippet(cplug_context *ctx);\nvoid snippet(cplug_context *ctx)\n{{\n(void)ctx;\n{text}\n}}\n" if "#include" not in text else text
        write(folder, {f"snippet{number}.c": body})
        output([os.environ["CPLUG_CC"], "-std=c11", "-Wall", "-Wno-unused-variable", "-Wno-unused-but-set-variable", "-Werror", "-fsyntax-only",
                "-I", PREFIX / "include", folder / f"snippet{number}.c"])


main([components, embed, embed_snippets])
