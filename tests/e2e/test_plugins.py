"""The verbs that look: plugins, inspect, and the reference pages that inspect writes.  Broken plugins have a test of their own, tests/faults."""
import difflib
import json
import os

from e2e import RUN, SOURCE, expect, expect_code, main, run, write

PAGES = {"module": "components/layers.md", "loss": "components/losses.md", "optimizer": "components/optimizers.md",
         "scheduler": "components/schedulers.md", "metric": "components/metrics.md", "dataset": "components/datasets.md",
         "transform": "components/transforms.md", "callback": "components/callbacks.md", "format": "components/formats.md", "op": "ops.md"}


def alone(folder):
    """Only the plugins of this build, whatever the user has installed."""
    return {"CPLUG_PLUGIN_PATH": "", "XDG_DATA_HOME": folder}


def look(folder, *args):
    result = run(*args, "--json", env=alone(folder))
    expect_code(result, 0)
    return json.loads(result.out)


def components(folder, *args):
    return look(folder, "inspect", *args)["components"]


def plugins(folder):
    listed = look(folder, "plugins")
    expect(listed["type"] == "plugins" and listed["warnings"] == [], listed)
    by_id = {p["id"]: p for p in listed["plugins"]}
    layers = by_id["cplug.layers"]
    expect(layers["state"] == "loaded" and layers["reason"] == "" and "module" in layers["kinds"], layers)
    expect("module:conv2d" in layers["provides"] and (layers["abi_major"], layers["version"]) == (0, "0.1.0"), layers)
    text = run("plugins", env=alone(folder))
    expect_code(text, 0)
    lines = text.out.splitlines()
    expect(len(lines) == len(by_id) + 1 and lines[-1] == f"{len(by_id)} plugins", text.out)
    here = [line.split(None, 6) for line in lines if "cplug.cpu " in line][0]
    expect(here[:6] == ["loaded", "cplug.cpu", "0.1.0", "abi", "0.1", "backend,kernel"] and here[6].endswith("cplug-cpu.so"), here)
    expect(run("plugins", "--failed", env=alone(folder)).out == "every plugin works\n", "--failed")


def failed(folder):
    write(folder, "cplug-broken.so", b"\x7fELF is not enough")
    os.chmod(folder, 0o755)
    env = {"CPLUG_PLUGIN_PATH": folder, "XDG_DATA_HOME": folder}
    text = run("plugins", env=env)
    expect_code(text, 0)
    expect(text.out.splitlines()[-1].endswith(" plugins, 1 cannot be used: cplug-run plugins --failed"), text.out)
    text = run("plugins", "--failed", env=env)
    lines = text.out.splitlines()
    expect(lines[0].startswith("failed") and lines[0].endswith("cplug-broken.so") and lines[1].strip() == "the file is truncated", text.out)
    text = run("plugins", "--failed", "--json", env=env)
    expect([p["state"] for p in json.loads(text.out)["plugins"]] == ["failed"], text.out)
    missing = run("plugins", env={"CPLUG_PLUGIN_PATH": folder + "/nowhere:relative", "XDG_DATA_HOME": folder})
    expect_code(missing, 0)
    expect("/nowhere is not searched: No such file" in missing.out and "relative is not searched: not an absolute path" in missing.out, missing.out)


def usage(folder):
    for args, words in ((("plugins", "--timeout", "soon"), "--timeout takes seconds"), (("plugins", "--timeout", "0"), "--timeout takes seconds"),
                        (("inspect", "con2d"), "did you mean 'conv2d'?"), (("inspect", "loss:conv2d"), "there is no component 'loss:conv2d'"),
                        (("inspect", "cplug.layer"), "did you mean 'cplug.layers'?"), (("inspect", "conv2d", "--markdown"), "there is no page for"),
                        (("inspect", ""), "there is no component ''")):
        result = run(*args, env=alone(folder))
        expect(result.code == 2 and words in result.err and result.out == "", args, result.code, result.out, result.err)


def inspect_all(folder):
    ids = {}
    for c in components(folder):
        ids.setdefault(c["kind"], set()).add(c["id"])
    for kind, name in (("module", "conv2d"), ("module", "sequential"), ("loss", "mse"), ("optimizer", "adam"), ("scheduler", "cosine"),
                       ("metric", "accuracy"), ("dataset", "mnist"), ("transform", "normalize"), ("format", "safetensors"),
                       ("op", "add"), ("op", "adam_step_"), ("backend", "cpu"), ("device", "cpu"), ("device", "sim")):
        expect(name in ids[kind], kind, name, sorted(ids[kind]))
    text = run("inspect", env=alone(folder)).out
    for words in ("module: sequential linear", "device: cpu", "  conv2d(input, weight, bias?; stride=1,1, padding=0,0, dilation=1,1, groups=1) -> output"):
        expect(words in text, words, text)
    kind = run("inspect", "scheduler", env=alone(folder)).out
    expect(len(kind.splitlines()) == len(ids["scheduler"]) and "cosine  " in kind, kind)


def inspect_one(folder):
    module, op = components(folder, "conv2d")
    expect((module["kind"], module["class"], module["plugin"], op["kind"]) == ("module", "Conv2d", "cplug.layers", "op"), module, op)
    options = {o["name"]: o for o in module["options"]}
    expect(options["out_channels"]["required"] and options["out_channels"]["min"] == 1 and "max" not in options["out_channels"], options)
    expect(options["stride"]["default"] == "1" and options["stride"]["type"] == "ints" and options["stride"]["count_max"] == 2, options)
    mse = components(folder, "loss:mse")
    expect(len(mse) == 1 and mse[0]["kind"] == "loss" and mse[0]["options"][0]["choices"] == ["none", "mean", "sum"], mse)
    expect(len(components(folder, "mse")) > 1, "mse is a loss and a metric")
    adam = components(folder, "adam")[0]
    expect(adam["state"][:2] == ["step", "exp_avg"] or "exp_avg" in adam["state"], adam)
    text = run("inspect", "conv2d", env=alone(folder)).out
    for words in ("module conv2d (Conv2d):", "out_channels       int, at least 1, required", "bias               true|false, default true"):
        expect(words in text, words, text)


def inspect_op(folder):
    softmax = [c for c in components(folder, "op:softmax")]
    expect(len(softmax) == 1, softmax)
    op = softmax[0]
    expect(op["inputs"] == ["input"] and op["outputs"] == ["output"] and op["gradient"] == "vjp" and op["decomposes"], op)
    expect([o["name"] for o in op["options"]][0] == "dim" and op["signature"].startswith("softmax(input; dim"), op)
    kernels = {(k["backend"], k["device"]) for k in op["kernels"]}
    expect(("cpu", "cpu") in kernels and ("sim", "sim") not in kernels, kernels)
    add = components(folder, "op:add")[0]
    expect("primitive" in add["flags"] and ("sim", "sim") in {(k["backend"], k["device"]) for k in add["kernels"]}, add)
    expect("kernels            cpu, sim@sim" in run("inspect", "op:add", env=alone(folder)).out, "text")
    dropout = components(folder, "op:dropout")[0]
    expect("seed" in " ".join(dropout["inputs"]) and "seed" not in dropout["signature"], dropout)
    view = run("inspect", "op:transpose", env=alone(folder)).out
    expect("needs none: a view" in view, view)


def inspect_plugin(folder):
    told = look(folder, "inspect", "cplug.optimizers")
    kinds = {c["kind"] for c in told["components"]}
    expect(told["plugin"]["state"] == "loaded" and kinds == {"optimizer", "op", "kernel"}, told["plugin"], kinds)
    text = run("inspect", "cplug.optimizers", env=alone(folder)).out
    expect("optimizer: sgd adam" in text and "kernel: " in text and "path " in text, text)


def backends_of(page):
    return [line for line in page.splitlines() if line.startswith("Backends of this build")]


def pages(folder):
    """The reference pages in docs/ are what inspect writes today; CPLUG_UPDATE_DOCS=1 writes them."""
    wrong = []
    for kind, name in PAGES.items():
        path = os.path.join(SOURCE, "docs", name)
        result = run("inspect", "--markdown", kind, env=alone(folder))
        expect_code(result, 0)
        if os.environ.get("CPLUG_UPDATE_DOCS"):
            with open(path, "w", encoding="utf-8") as f:
                f.write(result.out)
        with open(path, encoding="utf-8") as f:
            have = f.read()
        if backends_of(have) != backends_of(result.out):
            print(f"skipped {name}: it was made with other backends: {backends_of(have)}, here {backends_of(result.out)}")
        elif have != result.out:
            diff = difflib.unified_diff(have.splitlines(), result.out.splitlines(), "docs/" + name, "inspect", lineterm="", n=1)
            wrong.append("\n".join([*diff, f"to bring it up to date: {RUN} inspect --markdown {kind} > docs/{name}"]))
    expect(not wrong, *wrong, "all of them: CPLUG_UPDATE_DOCS=1 ctest -R e2e_test_plugins")
    everything = run("inspect", "--markdown", env=alone(folder))
    expect_code(everything, 0)
    expect(all(f"\n# {title}\n" in "\n" + everything.out for title in ("Layers", "Losses", "Optimizers", "Callbacks", "Ops")), everything.out)


main([plugins, failed, usage, inspect_all, inspect_one, inspect_op, inspect_plugin, pages])
