"""init: every shipped model as a file to begin with, which checks and trains where its data are; nothing is overwritten."""
import glob
import json
import os
import re
from e2e import MODELS, expect, expect_code, main, run

SHIPPED = sorted(os.path.basename(path).removesuffix(".ini") for path in glob.glob(os.path.join(MODELS, "*.ini")))


def lists(folder):
    result = run("init")
    expect_code(result, 0)
    told = json.loads(run("init", "--json").out)["models"]
    expect(sorted(m["name"] for m in told) == SHIPPED, told, SHIPPED)
    for m in told:
        expect(10 < len(m["doc"]) < 200 and m["doc"][-1] not in ".:;" and m["doc"] in result.out, m)


def every_model(folder):
    for name in SHIPPED:
        result = run("init", name)
        expect_code(result, 0)
        shipped = open(os.path.join(MODELS, name + ".ini"), encoding="utf-8").read()
        values = [line for line in result.out.splitlines() if line and line[0] not in ";#"]
        expect(values == [line for line in shipped.splitlines() if line and line[0] not in ";#"], "a value was changed on the way", name)
        expect(f"cplug-run train {name}.ini" in result.out and "models/" not in result.out and "build/bin" not in result.out, result.out)
        for path in re.findall(r"^\w+\s*=\s*(\.\./\S+)", shipped, re.M):
            expect(re.search(rf"^;.*= {re.escape(path)}$", result.out, re.M), f"the head does not name the path {path}", result.out)
        path = os.path.join(folder, name + ".ini")
        expect_code(run("init", name, "--output", path), 0)
        expect(open(path, encoding="utf-8").read() == result.out and json.loads(run("init", name, "--json").out)["text"] == result.out, "three ways, one text")
        expect_code(run("summary", path), 0)


def those_without_files_train(folder):
    for name in SHIPPED:
        text = run("init", name, "--output", f"{name}.ini", cwd=folder)
        expect_code(text, 0)
        if re.search(r"= \.\./", open(os.path.join(folder, name + ".ini"), encoding="utf-8").read()):
            continue
        expect_code(run("check", f"{name}.ini", cwd=folder), 0)
        expect_code(run("train", f"{name}.ini", "train.epochs=1", "train.steps=3", cwd=folder), 0)
        expect(os.path.exists(os.path.join(folder, "runs", name + "-1", "model.safetensors")), name)


def overwrites_nothing(folder):
    path = os.path.join(folder, "x.ini")
    open(path, "w").write("mine")
    result = run("init", "line", "--output", path)
    expect_code(result, 2)
    expect("there already" in result.err and open(path).read() == "mine", result.err)
    expect_code(run("init", "line", "--output", os.path.join(folder, "no", "x.ini")), 1)
    expect("did you mean 'spirals'?" in run("init", "spiral").err, run("init", "spiral").err)


main([lists, every_model, those_without_files_train, overwrites_nothing])
