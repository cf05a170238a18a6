"""Verbs that look, help, usage errors, JSON."""
import json
import os
import subprocess
from e2e import RUN, expect, expect_code, main, model, run, write


def help_and_version(folder):
    result = run()
    expect_code(result, 2)
    expect(len(result.err.splitlines()) <= 25 and "train" in result.err, result.err)
    result = run("--help")
    expect_code(result, 0)
    expect("Exit codes" in result.out and result.err == "", result.out)
    for verb in ("train", "eval", "predict", "check", "summary", "bench", "plugins", "inspect"):
        expect_code(run("help", verb), 0)
        expect_code(run(verb, "--help"), 0)
    expect(run("--version").out.startswith("cplug-run "), "version")
    expect("version" in json.loads(run("--version", "--json").out), "version")


def usage(folder):
    for args, words in ((("trian", "x.ini"), "did you mean 'train'?"), ((model("line.ini"),), "cplug-run train"), (("train",), "which file?"), (("help", "trian"), "did you mean 'train'?"),
                        (("train", "x.ini", "--weigths", "y"), "did you mean '--weights'?"), (("train", "x.ini", "y.ini"), "one file is enough"),
                        (("eval", "x.ini", "--min"), "a value is missing"), (("bench", "x.ini", "--repeats", "0"), "from 1 to"), (("inspect", "con2d"), "did you mean 'conv2d'?"),
                        (("--json", "train"), "flags stand behind the verb"), (("check", model("line.ini"), "optimizer.lr"), "as in optimizer.lr=1"),
                        (("version",), "--version"), (("inspect", "layer"), "did you mean 'module'?")):
        result = run(*args)
        expect_code(result, 2)
        expect(words in result.err, words, result.err)


def plugins(folder):
    result = run("plugins", "--json")
    expect_code(result, 0)
    by_id = {p["id"]: p for p in json.loads(result.out)["plugins"]}
    expect("cplug.cpu" in by_id and by_id["cplug.cpu"]["state"] == "loaded", list(by_id))
    write(folder, "cplug-broken.so", b"not an ELF file")
    os.chmod(folder, 0o755)
    result = run("plugins", "--failed", env={"CPLUG_PLUGIN_PATH": folder})
    expect_code(result, 0)
    expect("cplug-broken.so" in result.out and "failed" in result.out, result.out)


def inspect(folder):
    result = run("inspect", "conv2d")
    expect_code(result, 0)
    expect("out_channels" in result.out and "required" in result.out, result.out)
    component = json.loads(run("inspect", "adam", "--json").out)["components"][0]
    lr = [o for o in component["options"] if o["name"] == "lr"][0]
    expect(component["kind"] == "optimizer" and float(lr["default"]) == 1e-3, component)
    expect("conv2d" in run("inspect").out, "list")


def bench(folder):
    result = run("bench", model("mnist-mlp.ini"), "--json", "--repeats", "5")
    expect_code(result, 0)
    b = json.loads(result.out)
    for key in ("step_ms", "forward_ms"):
        expect(0 < b[key]["min"] <= b[key]["median"] <= b[key]["max"], b)
    expect(b["samples_per_s"] > 0 and b["threads"] >= 1 and "cpu" in b["backends"] and b["peak_rss_mb"] > 0, b)
    expect_code(run("bench", model("line.ini"), "--repeats", "2"), 0)


def bytes_that_are_no_text(folder):
    for verb in ("check", "train"):
        done = subprocess.run([RUN, verb, b"no\xff\xed\xa0\x80.ini", "--json"], cwd=folder, capture_output=True)
        expect(done.returncode in (3, 4), done)
        for line in done.stdout.decode("utf-8").splitlines():
            json.loads(line)


def writes_nothing(folder):
    for verb in ("check", "summary"):
        expect_code(run(verb, model("line.ini"), cwd=folder), 0)
    expect(os.listdir(folder) == [], os.listdir(folder))


main([help_and_version, usage, plugins, inspect, bench, bytes_that_are_no_text, writes_nothing])
