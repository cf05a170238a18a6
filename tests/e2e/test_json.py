"""--json: what every verb prints, when it works and when it fails, is what docs/schemas says."""
import json
import os
import subprocess
from e2e import RUN, SOURCE, expect, expect_code, main, model, run, write
from schema import load, mistakes

LINE = model("line.ini")
NAN = ("optimizer.lr=1e30", "train.epochs=3")


def validated(schema, text, what):
    root = load(SOURCE, schema)
    value = json.loads(text, parse_constant=lambda word: expect(False, f"{word} is no JSON", what))
    found = mistakes(value, root, root)
    try:
        import jsonschema  # where it is installed, the schema is read by its authors' eyes too
        jsonschema.Draft202012Validator.check_schema(root)
        expect(jsonschema.Draft202012Validator(root).is_valid(value) == (not found), "our checker and jsonschema differ", what, *found)
    except ImportError:
        pass
    expect(not found, what, *found[:10])
    return value


def verbs(folder):
    expect_code(run("train", model("spirals.ini"), "train.epochs=2", "--run-dir", "a", cwd=folder), 0)
    cases = [
        ("version", ("--version", "--json"), 0), ("help", ("--help", "--json"), 0), ("help", ("plot", "--help", "--json"), 0), ("help", ("help", "eval", "--json"), 0),
        ("eval", ("eval", "a", "--json"), 0), ("eval", ("eval", "a", "--json", "--min", "accuracy=2", "--max", "loss=99"), 7), ("eval", ("eval", "a", "--json", "--data", "train"), 0), ("check", ("check", LINE, "--json"), 0),
        ("check", ("check", LINE, "--print", "--json"), 0), ("summary", ("summary", LINE, "--json"), 0), ("summary", ("summary", model("mnist-lenet.ini"), "--json"), 0),
        ("bench", ("bench", LINE, "--repeats", "2", "--json"), 0), ("plugins", ("plugins", "--json"), 0), ("plugins", ("plugins", "--failed", "--json"), 0),
        ("inspect", ("inspect", "--json"), 0), ("inspect", ("inspect", "conv2d", "--json"), 0), ("inspect", ("inspect", "adam", "--json"), 0),
        ("explain", ("explain", LINE, "--json"), 0), ("init", ("init", "--json"), 0), ("init", ("init", "line", "--json"), 0),
        ("init", ("init", "line", "--output", "b.ini", "--json"), 0), ("plot", ("plot", "a", "--json"), 0), ("completion", ("completion", "bash", "--json"), 0),
        ("completion", ("completion", "zsh", "--json"), 0), ("doctor", ("doctor", "--json"), 0),
    ]
    for schema, args, code in cases:
        result = run(*args, cwd=folder)
        expect(result.code == code or (schema == "doctor" and result.code == 1), args, result.code, result.out, result.err)
        expect(len(result.out.splitlines()) == 1, args, "one line of JSON", result.out)
        value = validated(schema, result.out, args)
        expect("type" not in value or value["type"] == schema, value)
    shipped = {name.removesuffix(".json") for name in os.listdir(os.path.join(SOURCE, "docs", "schemas"))}
    told = {verb["name"] for verb in json.loads(run("--help", "--json").out)["verbs"]}
    expect(shipped - {"error", "version", "help", "validate"} == told, "schemas and verbs differ", shipped ^ told)


def lines(folder):
    out = run("train", model("spirals.ini"), "train.epochs=2", "log.every=20", "--json", "--run-dir", "a", cwd=folder)
    expect_code(out, 0)
    types = [validated("train", line, "train")["type"] for line in out.out.splitlines()]
    expect(types[0] == "begin" and types[-1] == "end" and {"step", "epoch"} <= set(types), types)
    for line in open(os.path.join(folder, "a", "metrics.jsonl"), encoding="utf-8"):
        validated("train", line, "metrics.jsonl")
    for args in (("predict", "a", "--json"), ("predict", LINE, "--json")):
        result = run(*args, cwd=folder)
        expect_code(result, 0)
        for line in result.out.splitlines()[:50]:
            validated("predict", line, args)


def errors(folder):
    wrong = write(folder, "wrong.ini", "[cplug]\nformat = 1\n[modle]\nx = 1\n")
    cases = [(("train", "none.ini"), (3, 4)), (("train", wrong), (3,)), (("check", wrong), (3,)), (("summary", wrong), (3,)), (("eval", "none"), (3, 4)),
             (("train", LINE, *NAN), (6,)), (("train", LINE, "--nope"), (2,)), (("train",), (2,)), (("eval", LINE, "--min", "x"), (2,)), (("eval", LINE, "--min", "loss=nan"), (2,)), (("eval", LINE, "--max", "loss=1x"), (2,)), (("eval", LINE, "--max", "acuracy=1"), (2,)), (("nope",), (2,)),
             (("inspect", "nope"), (2,)), (("init", "nope"), (2,)), (("plot",), (2,)), (("plot", "none"), (4,)), (("completion", "fish"), (2,)),
             (("doctor", "x"), (2,)), (("plugins", "x"), (2,)), (("train", LINE, "--data", "valid"), (2,)), (("eval", LINE, "--data", "vaild"), (2,)),
             (("check", LINE, "--json=1"), (2,)), (("predict", LINE, "--input", "none.csv"), (4,)), (("bench", LINE, "runtime.device=nope"), (3, 5))]
    for args, codes in cases:
        for order in ((*args, "--json"), (args[0], "--json", *args[1:])):
            result = run(*order, cwd=folder)
            expect(result.code in codes, order, result.code, result.out, result.err)
            lines_of = result.out.splitlines()
            value = validated("error", lines_of[-1] if lines_of else "", order)
            expect(value["code"] == result.code and value["message"] and result.err, value)
            for line in lines_of[:-1]:
                validated("train", line, order)
    value = json.loads(run("check", wrong, "--json").out)
    expect(value["diagnostics"] and value["diagnostics"][0]["line"] >= 1, value)
    expect("did you mean 'train'?" in json.loads(run("trian", "--json").out)["help"], "help")


def checker_finds(folder):
    root = load(SOURCE, "eval")
    good = {"type": "eval", "data": "valid", "samples": 3, "valid": {"loss": 1, "accuracy": None}}
    expect(mistakes(good, root, root) == [], mistakes(good, root, root))
    for name, value in (("samples", "3"), ("samples", 1.5), ("type", "evil"), ("data", "x"), ("valid", {"accuracy": 1}), ("more", 1), ("valid", {"loss": True})):
        expect(mistakes({**good, name: value}, root, root) != [], name, value)
    expect(mistakes({k: v for k, v in good.items() if k != "samples"}, root, root) != [], "missing")


def standard_output_is_json_alone(folder):
    done = subprocess.run([RUN, "train", LINE, "train.epochs=1", "--json", "--progress=none"], cwd=folder, capture_output=True, text=True)
    expect(done.returncode == 0 and all(json.loads(line) for line in done.stdout.splitlines()), done)
    expect("epoch" not in done.stderr, "--progress=none still told of epochs", done.stderr)


main([verbs, lines, errors, checker_finds, standard_output_is_json_alone])
