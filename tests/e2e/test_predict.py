"""predict: what it reads (text, IDX, raw bytes, gzipped or not), what it writes (CSV, JSON lines, text), the same numbers as eval."""
import csv
import gzip
import io
import json
import math
import os
import random
import signal
import struct
import subprocess
import time
from e2e import RUN, expect, expect_code, main, model, run, write

THREE = "[cplug]\nformat = 1\n\n[model]\ninput_shape = 3\n\n[layer.fc]\ntype = linear\nout_features = 2\n\n[loss]\ntype = mse\n"
WIDE = "[cplug]\nformat = 1\n\n[model]\ninput_shape = 2,2\n\n[layer.flat]\ntype = flatten\n\n[loss]\ntype = mse\n"  # says its input


def trained(folder, name="spirals.ini", *extra):
    end = json.loads(run("train", model(name), "train.epochs=3", "--json", "--run-dir", "run", *extra, cwd=folder).out.splitlines()[-1])
    expect(end["type"] == "end", end)
    return end


def rows_of(result):
    expect_code(result, 0)
    return list(csv.DictReader(io.StringIO(result.out, newline="")))


def same_as_eval(folder):
    trained(folder, "spirals.ini", "data.valid.shuffle=true", "data.valid.batch_size=7", "data.valid.drop_last=true")
    scores = json.loads(run("eval", "run", "--json", "data.valid.drop_last=false", cwd=folder).out)
    rows = rows_of(run("predict", "run", cwd=folder))
    expect([int(r["index"]) for r in rows] == list(range(600)), "order of the samples")
    right = sum(r["class"] == r["target"] for r in rows) / len(rows)
    loss = sum(-math.log(float(r["p_" + r["target"]])) for r in rows) / len(rows)
    expect(right == scores["valid"]["accuracy"], right, scores)
    expect(abs(loss - scores["valid"]["loss"]) < 1e-6, loss, scores)
    objects = [json.loads(line) for line in run("predict", "run", "--json", cwd=folder).out.splitlines()]
    expect(objects[5] == {"index": 5, "target": rows[5]["target"], "class": rows[5]["class"], "probability": float(rows[5]["probability"]),
                          "probabilities": {k: float(rows[5]["p_" + k]) for k in "012"}}, objects[5], rows[5])
    expect(len(objects) == 600 and sum(o["class"] == o["target"] for o in objects) / 600 == right, "JSON lines")
    train = rows_of(run("predict", "run", "--data", "train", cwd=folder))
    scores = json.loads(run("eval", "run", "--data", "train", "--json", cwd=folder).out)
    expect(sum(r["class"] == r["target"] for r in train) / len(train) == scores["train"]["accuracy"], scores)
    expect([r["target"] for r in train] == [str(i % 3) for i in range(len(train))], "train samples in their own order")


def regression_and_text(folder):
    trained(folder, "line.ini")
    rows = rows_of(run("predict", "run", cwd=folder))
    loss = sum((float(r["output"]) - float(r["target"])) ** 2 for r in rows) / len(rows)
    expect(abs(loss - json.loads(run("eval", "run", "--json", cwd=folder).out)["valid"]["loss"]) < 1e-6, loss)
    first = json.loads(run("predict", "run", "--format", "jsonl", cwd=folder).out.splitlines()[0])
    expect(first == {"index": 0, "target": [float(rows[0]["target"])], "output": [float(rows[0]["output"])]}, first, rows[0])
    lines = run("predict", "run", "--format", "text", cwd=folder).out.splitlines()
    expect(lines[0].split() == ["sample", "output", "target"] and abs(float(lines[1].split()[1]) - float(rows[0]["output"])) < 1e-4, lines[:2])


def text_of_classes(folder):
    trained(folder)
    rows = rows_of(run("predict", "run", cwd=folder))
    lines = run("predict", "run", "--format", "text", cwd=folder).out.splitlines()
    expect(lines[0].split() == ["sample", "class", "probability"] and len(lines) == 601, lines[:2])
    wrong = 0
    for row, line in zip(rows, lines[1:]):
        word = line.split()
        expect(word[1] == row["class"] and abs(float(word[2]) - 100 * float(row["probability"])) < 0.051 and word[3] == "%", row, line)
        wrong += line.endswith("is " + row["target"])
    expect(wrong == sum(r["class"] != r["target"] for r in rows) > 0, wrong)
    expect(run("predict", "run", "--input", "-", "--format", "text", cwd=folder, stdin="0,0\n").out.splitlines()[1].rstrip("#").endswith("%  "), "a bar")


def text_mistakes(folder):
    """Each with the line, and the column where there is one."""
    path = write(folder, "three.ini", THREE)
    for text, words in (("1,2,3\n4,5\n", "-:2: expected 3 numbers, got 2"), ("1,2,3\n4,5,6,7\n", "-:2: expected 3 numbers, got 4"),
                        ("1,2,3\n4,,6\n", "-:2:3: expected a number before the separator"), ("1,2,\n", "-:1:4: expected a number after the separator"),
                        ("1,2,3\n1,1e999,3\n", "-:2:3: expected a number that f32 can hold, got '1e999'"), ("1,2,1e39\n", "-:1:5: expected a number that f32"),
                        ("a,b,c\n1,2,3\na,b,c\n", "-:3:1: expected a number, got 'a'"), ("a,2,3\n", "-:1:1: expected a number, got 'a'"),
                        ("1,2,0x10\n", "got '0x10'"), ("1,2,3 4\n", "expected 3 numbers, got 4"), ("1,2,3\0\n", "is not text"), ("a,b,c\n", "0 samples"), ("", "0 samples")):
        result = run("predict", path, "--input", "-", stdin=text)
        expect_code(result, 4)
        expect(words in result.err, repr(text), words, result.err)
        expect(result.out == "", result.out)


def text_that_is_fine(folder):
    path = write(folder, "three.ini", THREE)
    wanted = run("predict", path, "--input", "-", stdin="1,2,3\n-0.5,1e3,7\n")
    expect_code(wanted, 0)
    for text in ("x,y,z\n1,2,3\n-0.5,1000,7", "1 2 3\r\n\r\n-.5\t1e3\t7\r\n", "\ufeff1;2;3\n -0.5 ; 1000.0 ; 7 \n\n", '"a","b","c"\n"1",2,3\n-0.5,1000,7\n'):
        result = run("predict", path, "--input", "-", stdin=text)
        expect(result.out == wanted.out, repr(text), result.out, result.err, wanted.out)
    packed = write(folder, "a table.csv.gz", gzip.compress(b"1,2,3\n") + gzip.compress(b"-0.5,1000,7\n"))
    expect(run("predict", path, "--input", packed).out == wanted.out, "gzip of two members")


def numbers_that_are_none(folder):
    path = write(folder, "three.ini", THREE)
    result = run("predict", path, "--input", "-", stdin="nan,inf,-inf\n-nan,1,2\n")
    expect_code(result, 0)
    expect("-nan" not in result.out and "nan" in result.out, result.out)
    result = run("predict", path, "--input", "-", "--json", stdin="nan,1,2\n")
    expect(json.loads(result.out) == {"index": 0, "output": [None, None]}, result.out)
    trained(folder)
    row = json.loads(run("predict", "run", "--input", "-", "--json", cwd=folder, stdin="nan,1\n").out)
    expect(row["class"] == "0" and row["probability"] is None, row)
    expect("nan" in run("predict", "run", "--input", "-", "--format", "text", cwd=folder, stdin="nan,1\n").out, "text")


def identity(folder):
    return write(folder, "flat.ini", WIDE)


def idx(kind, sizes, packed):
    return bytes([0, 0, kind, len(sizes)]) + b"".join(struct.pack(">I", n) for n in sizes) + packed


def idx_files(folder):
    path = identity(folder)
    values = [1, 2, 3, 4, 250, 0, 7, 8]
    text = run("predict", path, "--input", "-", stdin="1,2,3,4\n250,0,7,8\n").out
    expect(text.splitlines()[1:] == ["0,1,2,3,4", "1,250,0,7,8"], text)
    for kind, form in ((0x08, "B"), (0x0B, "h"), (0x0C, "i"), (0x0D, "f"), (0x0E, "d")):
        data = idx(kind, (2, 2, 2), struct.pack(">8" + form, *values))
        for name, content in (("some-images-idx3-ubyte", data), ("x.gz", gzip.compress(data)), ("plain.bin", data)):
            result = run("predict", path, "--input", write(folder, name, content))
            expect(result.out == text, hex(kind), name, result.out, result.err)
    flat = idx(0x08, (2, 4), bytes(values))
    expect(run("predict", path, "--input", write(folder, "flat.idx", flat), "--input-format", "idx").out == text, "4 numbers in a row are 2x2 too")
    with open(os.path.join(folder, "x.gz"), "rb") as f:
        piped = subprocess.run([RUN, "predict", path, "--input", "-"], stdin=f, capture_output=True, text=True, timeout=60)
    expect(piped.stdout == text, "from standard input", piped.stdout, piped.stderr)
    packed = gzip.compress(flat)
    for content, words in ((flat[:-1], "8 bytes), but 7 bytes follow"), (flat + b"x", "but 9 bytes follow"), (flat[:6], "inside the header of 12 bytes"),
                           (idx(0x08, (2, 3), bytes(6)), "has samples of 3, the model takes 4 numbers"), (packed[:-3], "cut off after 20 unpacked bytes"),
                           (packed[:12] + b"\xff\xff" + packed[14:], "damaged"), (idx(0x08, (2, 1 << 31, 1 << 31, 8), b""), "the model takes 4"), (b"\0\0\7\1", "no IDX file"),
                           (idx(0x08, (0, 4), b""), "0 samples")):
        result = run("predict", path, "--input", write(folder, "bad-ubyte", content))
        expect_code(result, 4)
        expect(words in result.err, words, result.err)


def raw_bytes(folder):
    path = identity(folder)
    values = [1, 2, 3, 4, 120, 0, 7, 8]
    text = run("predict", path, "--input", "-", stdin="1,2,3,4\n120,0,7,8\n").out
    for name, form in (("u8", "B"), ("i8", "b"), ("i16", "h"), ("i32", "i"), ("i64", "q"), ("f16", "e"), ("f32", "f"), ("f64", "d"), ("float32", "f")):
        result = run("predict", path, "--input", write(folder, "raw", struct.pack("<8" + form, *values)), "--input-format", "raw:" + name)
        expect(result.out == text, name, result.out, result.err)
    half = struct.pack("<4e", 6.1e-5, 5.960464477539063e-08, -65504, 0.333251953125)
    row = run("predict", path, "--input", write(folder, "raw", half), "--input-format", "raw:f16").out.splitlines()[1].split(",")[1:]
    expect(all(abs(float(a) - b) <= 1e-8 * abs(b) for a, b in zip(row, struct.unpack("<4e", half), strict=True)), row)
    bfloat = b"".join(struct.pack("<f", v)[2:] for v in values)
    expect(run("predict", path, "--input", write(folder, "raw", bfloat), "--input-format", "raw:bf16").out == text, "bf16")
    result = run("predict", path, "--input", write(folder, "raw", bytes(33)), "--input-format", "raw:f32")
    expect_code(result, 4)
    expect("33 bytes are no multiple of 16" in result.err, result.err)
    expect_code(run("predict", path, "--input", write(folder, "raw", b""), "--input-format", "raw:f32"), 4)
    result = run("predict", path, "--input", write(folder, "raw", struct.pack("<4d", 1, 2, 1e300, 4)), "--input-format", "raw:f64")
    expect_code(result, 1)
    expect("f32 cannot hold number 2" in result.err, result.err)
    for bad in ("raw", "raw:", "raw:f33", "npy", "CSV"):
        result = run("predict", path, "--input", "raw", "--input-format", bad, cwd=folder)
        expect_code(result, 2)
        expect("expected csv, idx, or raw:DTYPE" in result.err, result.err)
    expect_code(run("predict", path, "--input", folder), 4)
    expect_code(run("predict", path, "--input", "absent", cwd=folder), 4)


def transforms_of_the_validation_data(folder):
    valid = "\n[data.valid]\ntype = synthetic\nkind = digits\nsamples = 3\ntransforms = scale factor=0.5, normalize mean=1 std=2\n"
    path = write(folder, "flat.ini", WIDE + valid)
    out = run("predict", path, "--input", write(folder, "raw", bytes([2, 4, 6, 8])), "--input-format", "raw:u8").out
    expect(out.splitlines()[1] == "0,0,0.5,1,1.5", out)
    expect(run("predict", path, "--input", "-", stdin="2,4,6,8\n").out == out, "text")


NAMES = ['a,b', 'say "x"', "two\nlines", "back\\slash\\n", "Grüße 日本", " blank ", "plain"]


def names(folder):
    """Names of classes that CSV and JSON must quote; kept with the weights."""
    draw = random.Random(1)
    with open(os.path.join(folder, "t.csv"), "w", newline="") as f:
        out = csv.writer(f, quoting=csv.QUOTE_NONNUMERIC)
        for i in range(70):
            out.writerow([draw.gauss(3 * math.cos(i % 7), 0.1), draw.gauss(3 * math.sin(i % 7), 0.1), NAMES[i % 7]])
    data = "".join(f"[data.{k}]\ntype = csv\nfile = t.csv\n\n" for k in ("train", "valid"))
    text = "[cplug]\nformat = 1\n\n" + data + "[model]\ninput_shape = 2\n\n[layer.fc]\ntype = linear\nout_features = 7\n\n[loss]\ntype = cross_entropy\n\n"
    path = write(folder, "n.ini", text + "[metrics]\nnames = accuracy\n\n[optimizer]\ntype = adam\nlr = 0.1\n\n[train]\nepochs = 40\nbatch_size = 10\n")
    expect_code(run("train", path, "--run-dir", "run", cwd=folder), 0)
    rows = rows_of(run("predict", "run", cwd=folder))
    expect([r["target"] for r in rows] == [NAMES[i % 7] for i in range(70)], rows[:7])
    expect(set(rows[0]) == {"index", "target", "class", "probability"} | {"p_" + n for n in NAMES}, list(rows[0]))
    accuracy = json.loads(run("eval", "run", "--json", cwd=folder).out)["valid"]["accuracy"]
    expect(sum(r["class"] == r["target"] for r in rows) / 70 == accuracy > 0.9, accuracy)
    objects = [json.loads(line) for line in run("predict", "run", "--json", cwd=folder).out.splitlines()]
    expect([o["class"] for o in objects] == [r["class"] for r in rows] and set(objects[0]["probabilities"]) == set(NAMES), objects[0])
    alone = rows_of(run("predict", "run", "--input", "-", cwd=folder, stdin="".join(f"{3 * math.cos(k)},{3 * math.sin(k)}\n" for k in (2, 3, 4))))  # names from the weights
    expect([r["class"] for r in alone] == NAMES[2:5], alone)
    lines = run("predict", "run", "--format", "text", cwd=folder).out.splitlines()
    expect(len(lines) == 71 and "two lines" in lines[3], lines[:4])
    text = open(os.path.join(folder, "t.csv"), newline="").read()
    write(folder, "t.csv", text.replace('"plain"', '"another"'))
    for verb in ("predict", "eval"):
        result = run(verb, "run", cwd=folder)
        expect_code(result, 4)
        expect("other classes" in result.err, result.err)
    expect_code(run("train", path, "--weights", "run/model.safetensors", "train.epochs=1", "--run-dir", "on", cwd=folder), 0)
    expect_code(run("eval", "on", cwd=folder), 0)


def output_file(folder):
    trained(folder)
    wanted = run("predict", "run", cwd=folder).out
    path = os.path.join(folder, "o.csv")
    result = run("predict", "run", "--output", path, cwd=folder)
    expect_code(result, 0)
    expect(open(path).read() == wanted and "600 predictions" in result.out, result.out)
    os.chmod(path, 0o640)
    os.symlink("o.csv", os.path.join(folder, "link"))
    for extra, samples in (("csv", wanted), ("jsonl", None), ("text", None)):
        result = run("predict", "run", "--output", "link", "--format", extra, "--json", cwd=folder)
        expect(json.loads(result.out) == {"type": "predict", "output": "link", "samples": 600}, result.out)
        expect(os.path.islink(os.path.join(folder, "link")) and os.stat(path).st_mode & 0o777 == 0o640, "link and mode")
        expect(samples is None or open(path).read() == samples, extra)
    before, there = open(path).read(), sorted(os.listdir(folder))
    for args in (("--input", "absent.csv"), ("--input", "bad.csv"), ("--data", "test")):
        write(folder, "bad.csv", "1,2\n1,2,3\n")
        expect(run("predict", "run", "--output", "o.csv", *args, cwd=folder).code in (3, 4), args)
        os.remove(os.path.join(folder, "bad.csv"))
        expect(open(path).read() == before and sorted(os.listdir(folder)) == there, "something was left behind", os.listdir(folder))
    expect_code(run("predict", "run", "--output", "no/where.csv", cwd=folder), 1)
    expect_code(run("predict", "run", "--output", folder, cwd=folder), 1)
    if os.path.exists("/dev/full"):
        result = run("predict", "run", "--output", "/dev/full", cwd=folder)
        expect_code(result, 1)
        expect("No space left" in result.err and os.path.exists("/dev/full"), result.err)
    expect(run("predict", "run", "--output", "-", cwd=folder).out == wanted, "- is standard output")
    expect(run("predict", "run", "--output", "/dev/stdout", cwd=folder).out.startswith(wanted), "a pipe")
    expect(sorted(os.listdir(folder)) == there, "something was left behind", os.listdir(folder))


def interrupted(folder):
    trained(folder)
    os.mkfifo(os.path.join(folder, "fifo"))
    process = subprocess.Popen([RUN, "predict", "run", "--input", "fifo", "--output", "o.csv"], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    there = sorted(os.listdir(folder))
    for _ in range(500):  # until the temporary file is there: it waits for the pipe
        if sorted(os.listdir(folder)) != there:
            break
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    process.wait(timeout=60)
    expect(process.returncode == -signal.SIGINT and sorted(os.listdir(folder)) == there, process.returncode, os.listdir(folder))


def usage(folder):
    trained(folder)
    result = run("predict", "run", "--format", "jsnl", cwd=folder)
    expect_code(result, 2)
    expect("did you mean 'jsonl'?" in result.err and result.out == "", result.err)
    expect_code(run("predict", "run", "--json", "--format", "csv", cwd=folder), 2)
    expect_code(run("predict", "run", "--data", "tset", cwd=folder), 2)
    result = run("predict", "run", "--input", "-", "--json", cwd=folder, stdin="1\n")
    error = json.loads(result.out)
    expect(error["type"] == "error" and error["code"] == 4 and "expected 2 numbers, got 1" in error["message"], result.out)


def streams(folder):
    trained(folder)
    command = [RUN, "predict", "run"]
    expect(subprocess.run(["sh", "-c", '"$@" <&- >&- 2>&-', "sh", *command], cwd=folder, timeout=60).returncode == 0, "closed streams")
    expect(subprocess.run(["sh", "-c", '"$@" --input - <&-', "sh", *command], cwd=folder, timeout=60, stderr=subprocess.DEVNULL).returncode == 4, "closed standard input")
    if os.path.exists("/dev/full"):
        for extra in ((), ("--json",), ("--format", "text")):
            with open("/dev/full", "w") as full:
                expect(subprocess.run([*command, *extra], cwd=folder, stdout=full, stderr=subprocess.DEVNULL, timeout=60).returncode == 1, extra)
    result = subprocess.run([*command, "--data", "train"], cwd=folder, stdout=subprocess.PIPE, text=True, timeout=60)
    expect(len(result.stdout.splitlines()[1].split(",")) == 7, "columns", result.stdout[:200])


main([same_as_eval, regression_and_text, text_of_classes, text_mistakes, text_that_is_fine, numbers_that_are_none, idx_files, raw_bytes, transforms_of_the_validation_data, names,
      output_file, interrupted, usage, streams])
