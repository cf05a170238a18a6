"""plot: curves as SVG and as text, of runs in every state of repair."""
import json
import os
import re
import xml.dom.minidom
from e2e import expect, expect_code, main, model, run, write

HEAD = "epoch,step,lr,train_loss,seconds,valid_loss,valid_accuracy\n"


def a_run(folder, name, csv=None, jsonl=None):
    os.makedirs(os.path.join(folder, name), exist_ok=True)
    if csv is not None:
        write(folder, f"{name}/metrics.csv", csv)
    if jsonl is not None:
        write(folder, f"{name}/metrics.jsonl", jsonl)
    return name


def row(epoch, train, valid="", accuracy=""):
    return f"{epoch},{epoch * 10},0.1,{train},1,{valid},{accuracy}\n"


def svg(folder, path):
    root = xml.dom.minidom.parse(os.path.join(folder, path)).documentElement
    expect(root.tagName == "svg" and root.getAttribute("viewBox"), path)
    return root


def points(line):
    return [tuple(map(float, p.split(","))) for p in line.getAttribute("points").split()]


def of_real_runs(folder):
    for name, rate in (("a", "1e-2"), ("b", "1e-3")):
        expect_code(run("train", model("spirals.ini"), "train.epochs=4", "log.every=10", f"optimizer.lr={rate}", "--run-dir", name, cwd=folder), 0)
    result = run("plot", "a", "b", "--output", "both.svg", cwd=folder, env={"LC_ALL": "C", "COLUMNS": "70"})
    expect_code(result, 0)
    expect(result.out.rstrip().endswith("both.svg") and result.out.isascii() and max(map(len, result.out.splitlines())) <= 70, result.out)
    expect("loss" in result.out and "accuracy" in result.out and "epoch" in result.out, result.out)
    texts = [t.firstChild.data for t in svg(folder, "both.svg").getElementsByTagName("text")]
    expect({"a", "b", "loss", "accuracy", "epoch", "valid", "train", "step"} <= set(texts), texts)
    expect(os.listdir(os.path.join(folder, "b")).count("plot.svg") == 0, "plot.svg belongs to the first run only where none is named")
    result = run("plot", "a", cwd=folder, env={"LC_ALL": "C.UTF-8"})
    expect_code(result, 0)
    expect("a/plot.svg" in result.out and any("\u2800" <= c <= "\u28ff" for c in result.out), result.out)
    expect(run("plot", "a", "--output", "-", cwd=folder).out == open(os.path.join(folder, "a", "plot.svg"), encoding="utf-8").read(), "standard output")
    told = json.loads(run("plot", "a", "--json", cwd=folder).out)
    end = [json.loads(line) for line in open(os.path.join(folder, "a", "metrics.jsonl"), encoding="utf-8")][-1]
    curves = {(s["metric"], s["data"]): s["points"] for s in told["series"]}
    expect(abs(curves["accuracy", "valid"][-1][1] - end["valid"]["accuracy"]) < 1e-6 and curves["accuracy", "valid"][-1][0] == 4, curves)
    expect([p[0] for p in curves["loss", "train"]] == [1, 2, 3, 4] and 15 <= len(curves["loss", "step"]) <= 20, curves)


def where_lines_go(folder):
    a_run(folder, "a", HEAD + "".join(row(e, y, y) for e, y in ((1, 4), (2, 3), (3, 2), (4, 1))))
    expect_code(run("plot", "a", cwd=folder), 0)
    for line in svg(folder, "a/plot.svg").getElementsByTagName("polyline"):
        p = points(line)
        expect(len(p) == 4 and all(abs((p[i + 1][0] - p[i][0]) - (p[1][0] - p[0][0])) < 0.05 for i in range(3)), "x is not even", p)
        expect(all(p[i][1] < p[i + 1][1] for i in range(3)), "a falling loss does not fall", p)
        expect(all(abs((p[i + 1][1] - p[i][1]) - (p[1][1] - p[0][1])) < 0.05 for i in range(3)), "a straight line is bent", p)


def hard_runs(folder):
    good = HEAD + row(1, 3, 3, 0.1) + row(2, 2, 2, 0.5)
    cases = {
        "one_point": (HEAD + row(1, 0.5, 0.4, 0.9), 1), "being_written": (good + "3,30,0.1,0.00", 2), "half_a_row": (good + "3,30,0.1\n", 2),
        "not_numbers": (HEAD + row(1, "nan", "inf", "-inf") + row(2, 1, "nan", 0.5) + row(3, "nan", 2, 0.6) + row(4, 3, 1, "x"), 4),
        "none_finite": (HEAD + row(1, "nan", "nan", "nan") + row(2, "inf", "nan", "nan"), 2), "huge": (HEAD + row(1, "1e308", "-1e308", 0) + row(2, "-1e308", "1e308", 1), 2),
        "tiny": (HEAD + row(1, "1e-300", "1e-308", 0) + row(2, "1e-310", "2e-308", 1), 2), "spans": (HEAD + row(1, 1e6, 1e5, 0) + row(2, 1e-6, 1e-4, 1), 2),
        "constant": (HEAD + row(1, 2, 2, 1) + row(2, 2, 2, 1), 2), "zeros": (HEAD + row(1, 0, 0, 0) + row(2, 0, 0, 0), 2), "resumed": (good + row(2, 1.5, 1.5, 0.6) + row(3, 1, 1, 0.7), 3),
        "no_validation": ("epoch,step,lr,train_loss,seconds\n1,10,0.1,3,1\n2,20,0.1,2,1\n", 2), "other_columns": ("epoch,train_loss,valid_<&\">\n1,2,3\n2,1,2\n", 2),
        "blank_lines": (HEAD + "\n\n" + row(1, 1, 1, 1) + "\n", 1), "dos": (good.replace("\n", "\r\n"), 2), "nearly_equal": (HEAD + row(1, "1000000.1", 1000000.2, 1) + row(2, 1000000.3, 1000000.4, 1), 2),
        "many": (HEAD + "".join(row(e, 1 / e, 2 / e, 0.5) for e in range(1, 5001)), None),
    }
    for name, (csv, n) in cases.items():
        a_run(folder, name, csv)
        for env in ({"LC_ALL": "C"}, {"LC_ALL": "C.UTF-8"}, {"LC_ALL": "C.UTF-8", "COLUMNS": "1"}, {"COLUMNS": "100000"}):
            result = run("plot", name, cwd=folder, env=env)
            expect_code(result, 0)
        drawing = open(os.path.join(folder, name, "plot.svg"), encoding="utf-8").read()
        svg(folder, f"{name}/plot.svg")
        expect(not re.search(r"\b(nan|inf)\b", re.sub(r"<text.*?</text>", "", drawing)), name, drawing)
        told = json.loads(run("plot", name, "--json", cwd=folder).out)["series"]
        longest = max(len(s["points"]) for s in told)
        expect(longest == n if n else 500 <= longest <= 2000, name, longest)
    expect("logarithmic" in run("plot", "spans", cwd=folder).out, "six powers of ten on a straight axis")
    curve = [s["points"] for s in json.loads(run("plot", "resumed", "--json", cwd=folder).out)["series"] if s["metric"] == "loss" and s["data"] == "train"][0]
    expect(curve == [[1, 3], [2, 1.5], [3, 1]], "the later telling of an epoch counts", curve)


def steps_only(folder):
    lines = ['{"type":"begin"}'] + [json.dumps({"type": "step", "epoch": 1, "step": s, "loss": 1 / s if s != 3 else None}) for s in range(1, 6)]
    a_run(folder, "a", HEAD, "\n".join(lines) + '\n{"type":"step","ep')
    told = json.loads(run("plot", "a", "--json", cwd=folder).out)
    expect(told["x"] == "step" and told["series"][0]["points"] == [[1, 1], [2, 0.5], [3, None], [4, 0.25], [5, 0.2]], told)
    epochs = [json.dumps({"type": "epoch", "epoch": e, "step": 5 * e, "train": {"loss": 1 / e}, "valid": {"loss": 2 / e, "accuracy": 0.5, "samples": 9}}) for e in (1, 2)]
    a_run(folder, "b", None, "\n".join(lines + epochs) + "\n")
    told = json.loads(run("plot", "b", "--json", cwd=folder).out)
    expect(told["x"] == "epoch" and {(s["metric"], s["data"]) for s in told["series"]} == {("loss", "step"), ("loss", "train"), ("loss", "valid"), ("accuracy", "valid")}, told)
    expect(json.loads(run("plot", "b/metrics.jsonl", "--json", cwd=folder).out)["series"][0]["points"] == told["series"][0]["points"], "a file instead of a run")


def what_is_no_run(folder):
    os.mkdir(os.path.join(folder, "empty"))
    a_run(folder, "headless", "", "")
    a_run(folder, "fresh", HEAD, '{"type":"begin"}\n')
    a_run(folder, "binary", bytes(range(256)) * 40, bytes(range(256)) * 40)
    a_run(folder, "good", HEAD + row(1, 1, 1, 1))
    for name, words in (("empty", "is it a run?"), ("headless", "no curves yet"), ("fresh", "no curves yet"), ("binary", "no curves yet"), ("nothing", "No such file")):
        for args in ((name,), ("good", name)):
            result = run("plot", *args, cwd=folder)
            expect_code(result, 4)
            expect(words in result.err and name in result.err and result.out == "", result.err)
    expect(not os.path.exists(os.path.join(folder, "good", "plot.svg")), "a failed plot wrote a file")


main([of_real_runs, where_lines_go, hard_runs, steps_only, what_is_no_run])
