"""The numbered examples do what they say: each is run and its figures are read."""
import re
from package import EXAMPLES, RUN, SOURCE, expect, main, output, start

BIN = EXAMPLES / "bin"


def numbers(pattern, text):
    found = re.search(pattern, text)
    expect(found, f"no '{pattern}' in", text)
    return [float(word) for word in found.groups()]


def example_01_tensors(folder):
    out = output([BIN / "01_tensors"])
    for words in ("a.shape (2, 3), a.dtype i32", "x[1:3, 2:4] = tensor([[ 7.,  8.],\n        [12., 13.]])", "a @ b = tensor(32.)",
                  "[10., 11., -1., -1., 14.]", "t.sum().item() = 10", "error: add: shapes [2] and [3] do not broadcast"):
        expect(words in out, words, out)


def example_02_autograd(folder):
    out = output([BIN / "02_autograd"])
    for words in ("y = 16, made by AddBackward0", "dy/dx at 3 = 8", "x.grad = tensor([ 2., -4.,  6.])", "two backward calls x.grad = 10",
                  "requires_grad is false; of x.detach() too: false", "first derivative 12, second 12", "1.41421", "a second time"):
        expect(words in out, words, out)


def example_03_line(folder):
    out = output([BIN / "03_line", folder / "line.safetensors"])
    train, valid = numbers(r"epoch 20: train loss (\S+), valid loss (\S+)", out)
    expect(train < 0.02 and valid < 0.02, out)
    for x in (0, 1, 2):
        expect(abs(numbers(rf"x = {x}: (\S+),", out)[0] - (2 * x + 1)) < 0.1, out)
    expect((folder / "line.safetensors").stat().st_size > 97 * 4, "nothing was saved")


def example_04_mnist(folder):
    code, out, err = start([BIN / "04_mnist", folder / "nowhere"], cwd=folder)
    expect(code == 0 and "drawn digits instead" in err and "nowhere" in err, out, err)
    expect(numbers(r"accuracy (\S+)", out)[0] > 0.93, out)
    expect((folder / "mnist.safetensors").exists(), "nothing was saved")


def example_05_own_parts(folder):
    out = output([BIN / "05_own_parts"])
    expect("(2): Residual(\n    (fc): Linear(in_features=32, out_features=32, bias=True)" in out, out)
    expect(numbers(r"accuracy (\S+)", out)[0] > 0.93, out)


def example_06_predict(folder):
    output([RUN, "train", SOURCE / "models" / "line.ini", "train.epochs=10"], cwd=folder)
    out = output([BIN / "06_predict", "runs/line-1", "0.5"], cwd=folder)
    expect(abs(numbers(r"tensor\(\[\[(\S+)\]\]\)", out)[0] - 2) < 0.1, out)
    code, out, err = start([BIN / "06_predict", "runs/line-1", "1", "2"], cwd=folder)
    expect(code != 0 and "expects 1 numbers, got 2" in err, out, err)
    code, out, err = start([BIN / "06_predict", "runs/none", "1"], cwd=folder)
    expect(code != 0 and "runs/none" in err, out, err)


def example_07_threads(folder):
    out = output([BIN / "07_threads"])
    expect(out.count(": the same") == 2 and "DIFFERENT" not in out, out)


def example_08_callback(folder):
    out = output([BIN / "08_callback", SOURCE / "models" / "spirals.ini"], cwd=folder)
    figures = [float(word) for word in re.findall(r"valid_accuracy (\S+)", out)]
    expect(figures and figures[-1] >= 0.95 and all(figure < 0.95 for figure in figures[:-1]), out)
    expect(len(figures) < numbers(r"epoch 1 of (\d+)", out)[0], "it did not end early", out)
    expect((folder / "runs/spirals-1/model.safetensors").exists(), out)
    code, out, err = start([BIN / "08_callback", SOURCE / "models" / "spirals.ini", "optimizer.type=adm"], cwd=folder)
    expect(code == 3 and "adam" in err, out, err)


def example_09_host(folder):
    out = output([BIN / "09_host"])
    expect(numbers(r"loss (\S+)", out)[0] < 1e-3 and "caught: unknown option 'out_feature'" in out, out)
    expect(all(abs(got - want) < 0.05 for got, want in zip(numbers(r"(?m)^(-?0\.\d+)\n(\S+)\n(\S+)$", out), (0, 0.25, 0.25))), out)


main([example_01_tensors, example_02_autograd, example_03_line, example_04_mnist, example_05_own_parts, example_06_predict,
      example_07_threads, example_08_callback, example_09_host])
