"""explain: every layer, forward and backward, with who computes it and why not the others."""
import json
import os

from e2e import expect, expect_code, main, model, run, write


def rows(*args, cwd):
    done = run("explain", *args, "--json", cwd=cwd)
    expect_code(done, 0)
    return json.loads(done.out)["rows"]


def passes(table, layer):
    return {r["pass"] for r in table if r["layer"] == layer}


def test_every_layer(folder):
    for name in sorted(os.listdir(os.path.dirname(model("x")))):
        if not name.endswith(".ini"):
            continue
        table = rows(model(name), "train.batch_size=4", cwd=folder)
        layers = [l["name"] for l in json.loads(run("summary", model(name), "--json").out)["layers"]]
        seen = {r["layer"] for r in table}
        expect(set(layers) <= seen | {l for l in layers if "dropout" in l}, name, set(layers) - seen)
        expect(passes(table, "loss") == {"forward", "backward"}, name)
        expect(passes(table, "optimizer") == {"update"}, name)
        order = [r["layer"] for r in table if r["pass"] == "backward" and r["depth"] == 0]
        expect(order == sorted(order, key=lambda l: -(layers + ["loss"]).index(l)), "backward goes in the other order", order)
        for r in table:
            expect(r["reason"] and r["by"] in ("kernel", "view", "decomposition", "cpu"), r)
            expect((r["by"] == "kernel") == bool(r["backend"]), r)
            expect((r["by"] == "decomposition") == bool(r["into"]), r)
            if r["by"] == "kernel":
                mine = [c for c in r["candidates"] if c["backend"] == r["backend"]]
                expect(mine and max(c["score"] for c in mine) == r["score"], r)


def test_first_layer_needs_no_gradient_of_its_input(folder):
    table = rows(model("line.ini"), cwd=folder)
    products = {layer: [r["call"] for r in table if r["layer"] == layer and r["pass"] == "backward" and r["op"] == "mm"] for layer in ("fc1", "fc2")}
    expect(len(products["fc1"]) == 1 and len(products["fc2"]) == 2, products)


def test_backends(folder):
    """The same step with other backends: others are not enabled, an override is obeyed, a decomposition is taken apart."""
    table = rows(model("line.ini"), "runtime.backends=cpu", cwd=folder)
    expect({r["backend"] for r in table if r["by"] == "kernel"} == {"cpu"}, table)
    if "openblas" in run("plugins").out:
        linear = [r for r in table if r["op"] == "linear"]
        expect(all({"backend": "openblas", "score": -1, "reason": "not enabled"} in r["candidates"] for r in linear), linear)
    table = rows(model("line.ini"), "runtime.override=linear:decomposition", cwd=folder)
    linear = next(r for r in table if r["op"] == "linear")
    expect(linear["by"] == "decomposition" and linear["reason"] == "forced by the user", linear)
    expect(linear["into"] == ["transpose", "mm", "add"], linear)
    at = table.index(linear)
    expect([(r["op"], r["depth"]) for r in table[at + 1:at + 3]] == [("transpose", 1), ("mm", 1)], table[at:at + 4])


def test_branches(folder):
    """A layer used twice gets the sum of two gradients; one that is not used gets none."""
    ini = write(folder, "b.ini", "[cplug]\nformat = 1\n[model]\ninput_shape = 8\n[layer.a]\ntype = linear\nout_features = 8\n[layer.b]\ntype = relu\n"
                "[layer.c]\ntype = add\ninput = b, a\n[layer.spare]\ntype = relu\ninput = a\n[layer.out]\ntype = linear\nout_features = 2\n"
                "input = c\n")
    table = rows(ini, cwd=folder)
    expect(passes(table, "a") == {"forward", "backward"}, table)
    expect(any(r["layer"] == "a" and r["pass"] == "backward" and r["op"] == "add" for r in table), "nobody adds the two gradients", table)
    expect(passes(table, "spare") == passes(table, "c") == {"forward"} and "loss" not in {r["layer"] for r in table}, table)


def test_table(folder):
    done = run("explain", model("mnist-lenet.ini"), cwd=folder)
    expect_code(done, 0)
    lines = done.out.splitlines()
    expect(lines[0].endswith("device cpu") and lines[1].split()[:3] == ["layer", "pass", "call"], lines[:2])
    expect(any(l.startswith("c1 ") and " forward " in l and "conv2d(f32[64, 1, 28, 28]" in l and "cpu 10" in l for l in lines), done.out)
    expect(any("decomposed into log_softmax, nll_loss" in l for l in lines), done.out)
    expect(not os.listdir(folder), "explain writes nothing")


def test_mistakes(folder):
    expect_code(run("explain", "nothing.ini", cwd=folder), 3)
    expect_code(run("explain", cwd=folder), 2)


if __name__ == "__main__":
    main([test_every_layer, test_first_layer_needs_no_gradient_of_its_input, test_backends, test_branches, test_table, test_mistakes])
