"""Every kind of mistake in an INI file is told with its place and the nearest right word.  A fixture in broken/ says what is expected in
its last lines: ";! LINE:COLUMN: message | help", the place and the help being optional."""
import glob
import json
import os
import re
from e2e import HERE, expect, expect_code, main, run, write

GOOD = open(os.path.join(HERE, "broken", "..", "good.ini")).read()


def check_fixture(path, verb, folder):
    result = run(verb, path, cwd=folder)
    expect_code(result, 3)
    for line in open(path):
        if not line.startswith(";! "):
            continue
        place, message, help_text = re.match(r"(?:(\d+:\d+): )?(.*?)(?: \| (.*))?$", line[3:].rstrip("\n")).groups()
        wanted = f"{path}:{place}: error: {message}" if place else f"error: {message}"
        expect(wanted in result.err, f"{os.path.basename(path)}: wanted", wanted, "got", result.err)
        if help_text:
            expect("help: " + help_text in result.err, f"{os.path.basename(path)}: wanted help", help_text, "got", result.err)
    expect(result.err.count("error: ") == 1, f"{os.path.basename(path)}: one mistake, more messages", result.err)


def fixtures(folder):
    paths = sorted(glob.glob(os.path.join(HERE, "broken", "*.ini")))
    expect(len(paths) >= 50, f"only {len(paths)} fixtures")
    for path in paths:
        check_fixture(path, "check", folder)
        if os.path.basename(path).startswith("data_"):
            check_fixture(path, "train", folder)
    expect(os.listdir(folder) == [], "a broken file made a run")


def good_is_good(folder):
    expect_code(run("check", write(folder, "good.ini", GOOD)), 0)


def six_at_once(folder):
    text = GOOD.replace("synthetic", "syntetic").replace("linear", "liner", 1).replace("cross_entropy", "cros_entropy")
    text = text.replace("adam", "adamm").replace("epochs", "epoch").replace("input_shape", "input_shap")
    result = run("check", write(folder, "six.ini", text), "--json")
    expect_code(result, 3)
    report = json.loads(result.out)
    expect(len(report["diagnostics"]) == 6, result.err)
    helps = [d["help"] for d in report["diagnostics"]]
    for word in ("synthetic", "linear", "cross_entropy", "adam", "epochs", "input_shape"):
        expect(f"did you mean '{word}'?" in helps, word, helps)
    expect(all(d["line"] > 0 and d["column"] > 0 for d in report["diagnostics"]), report)


def not_text(folder):
    for data, words in ((b"\x7fELF\x00\x01", "not a text file"), (b"\xef\xbb\xbf[cplug]\n", "byte order mark"), (b"[cplug]\nformat = 1\n;" + b"x" * 2000, "a line of")):
        result = run("check", write(folder, "x.ini", data))
        expect_code(result, 3)
        expect(words in result.err, words, result.err)
    for data in (b"", b"\n\n", b"; nothing\n", b"[", b"=", b"[]\n=\n[a]\n=b\n"):
        expect_code(run("check", write(folder, "x.ini", data)), 3)
    expect_code(run("check", folder + "/absent.ini"), 3)
    expect_code(run("check", folder), 3)


def includes(folder):
    write(folder, "a.ini", "[cplug]\nformat = 1\ninclude = b.ini\n")
    write(folder, "b.ini", "[cplug]\nformat = 1\ninclude = a.ini\n")
    result = run("check", folder + "/a.ini")
    expect_code(result, 3)
    expect("b.ini:3:11: error:" in result.err and "includes itself" in result.err, result.err)
    write(folder, "base.ini", GOOD)
    top = write(folder, "top.ini", "[cplug]\nformat = 1\ninclude = base.ini\n\n[layer.fc1]\nout_features = 16\n")
    result = run("summary", top, "--json")
    expect_code(result, 0)
    expect(json.loads(result.out)["parameters"] == 2 * 16 + 16 + 16 * 3 + 3, result.out)
    write(folder, "missing.ini", "[cplug]\nformat = 1\ninclude = nowhere.ini\n")
    result = run("check", folder + "/missing.ini")
    expect("missing.ini:3:11: error: cannot open" in result.err, result.err)


def overrides(folder):
    path = write(folder, "good.ini", GOOD)
    for text, words in (("train.ephocs=3", ("command line:1:7: error: unknown key 'ephocs'", "did you mean 'epochs'?")),
                        ("trian.epochs=3", ("there is no section [trian]", "did you mean 'train'?")),
                        ("train.epochs=x", ("command line:1:14: error: epochs: expected",)),
                        ("epochs=3", ("expected section.key=value",))):
        result = run("check", path, text)
        expect_code(result, 3)
        for word in words:
            expect(word in result.err, word, result.err)
    expect_code(run("check", path, "layer.fc1.out_features=4", "--set", "train.batch_size=8"), 0)


def plugin_is_named(folder):
    path = write(folder, "good.ini", GOOD)
    result = run("check", path, "runtime.backends=abacus")
    expect(result.code in (3, 5) and "abacus" in result.err, result.code, result.err)


main([good_is_good, fixtures, six_at_once, not_text, includes, overrides, plugin_is_named])
