"""PyTorch reads the weights of a run by its own names, and the same input gives the same logits; and the other way round.  Needs torch and
safetensors in the Python that runs this; skipped where they are not."""
import configparser
import csv
import io
import os
import struct
import sys

try:
    import safetensors
    import torch
    from safetensors.torch import load_file, save_file
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)
import tiny
from e2e import MODELS, expect, expect_code, main, model, run, write

NORMS = """[cplug]
format = 1

[data.train]
type    = synthetic
kind    = digits
samples = 64
transforms = scale

[data.valid]
type    = synthetic
kind    = digits
split   = valid
samples = 16
transforms = scale

[model]
input_shape = 1,28,28

[layer.features.conv1]
type         = conv2d
out_channels = 6
kernel_size  = 3,5
stride       = 2
padding      = 1,2
bias         = false

[layer.features.bn1]
type = batch_norm2d

[layer.act1]
type = gelu

[layer.pool1]
type        = max_pool2d
kernel_size = 3
stride      = 2
padding     = 1

[layer.conv2]
type         = conv2d
out_channels = 12
kernel_size  = 3
padding      = 1
groups       = 3

[layer.act2]
type = silu

[layer.pool2]
type        = avg_pool2d
kernel_size = 2

[layer.flat]
type = flatten

[layer.fc1]
type         = linear
out_features = 16

[layer.bn2]
type = batch_norm1d

[layer.act3]
type = leaky_relu

[layer.drop]
type = dropout

[layer.fc2]
type         = linear
out_features = 10

[loss]
type = cross_entropy

[optimizer]
type = adam

[train]
epochs     = 1
batch_size = 16
"""


def pair(text):
    values = [int(v) for v in str(text).replace("[", "").replace("]", "").split(",")]
    return values[0] if len(values) == 1 else tuple(values)


def layer(o, sizes):
    """The torch.nn layer that a section describes; sizes: of the weight, for what the file leaves open."""
    kind = o["type"]
    if kind == "linear":
        return torch.nn.Linear(sizes[1], sizes[0], bias=o.get("bias", "true") == "true")
    if kind == "conv2d":
        groups = int(o.get("groups", 1))
        return torch.nn.Conv2d(sizes[1] * groups, sizes[0], pair(o["kernel_size"]), pair(o.get("stride", 1)), pair(o.get("padding", 0)), groups=groups,
                               bias=o.get("bias", "true") == "true")
    if kind in ("batch_norm1d", "batch_norm2d"):
        return (torch.nn.BatchNorm1d if kind[-2] == "1" else torch.nn.BatchNorm2d)(sizes[0])
    if kind in ("max_pool2d", "avg_pool2d"):
        make = torch.nn.MaxPool2d if kind[0] == "m" else torch.nn.AvgPool2d
        stride = o.get("stride", "none")
        return make(pair(o["kernel_size"]), None if stride == "none" else pair(stride), pair(o.get("padding", 0)))
    plain = {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh, "flatten": torch.nn.Flatten, "gelu": torch.nn.GELU, "silu": torch.nn.SiLU, "leaky_relu": torch.nn.LeakyReLU}
    return torch.nn.Dropout(float(o.get("p", 0.5))) if kind == "dropout" else plain[kind]()


class Net(torch.nn.Module):
    """The layers of a resolved INI file one after the other, under its names."""

    def __init__(self, path, state):
        super().__init__()
        ini = configparser.ConfigParser(interpolation=None, comment_prefixes=(";",))
        ini.read(path)
        self.order = []
        for section in ini.sections():
            if not section.startswith("layer."):
                continue
            name, at = section[len("layer."):], self
            for part in name.split(".")[:-1]:
                if not hasattr(at, part):
                    at.add_module(part, torch.nn.Module())
                at = getattr(at, part)
            weight = state.get(name + ".weight")
            at.add_module(name.split(".")[-1], layer(ini[section], weight.shape if weight is not None else None))
            self.order.append(getattr(at, name.split(".")[-1]))
        self.load_state_dict(state, strict=True)
        self.eval()

    def forward(self, x):
        for one in self.order:
            x = one(x)
        return x


def shape_of(path):
    ini = configparser.ConfigParser(interpolation=None, comment_prefixes=(";",))
    ini.read(path)
    return [int(v) for v in ini["model"]["input_shape"].replace("[", "").replace("]", "").split(",")]


def ours(folder, what, x, *extra):
    """Outputs, not probabilities: the target is told to be no class; the input goes in as it stands."""
    raw = write(folder, "x.bin", struct.pack(f"<{x.numel()}f", *x.flatten().tolist()))
    result = run("predict", what, "--input", raw, "--input-format", "raw:f32", "model.target_dtype=f32", "data.valid.transforms=scale factor=1", *extra, cwd=folder)
    expect_code(result, 0)
    rows = list(csv.reader(io.StringIO(result.out)))[1:]
    return torch.tensor([[float(v) for v in row[1:]] for row in rows])


def same(folder, what, net, shape, name, *extra):
    torch.manual_seed(5)
    for x in (torch.randn(7, *shape), 3 * torch.randn(1, *shape), torch.zeros(2, *shape)):
        with torch.no_grad():
            theirs = net(x)
        mine = ours(folder, what, x, *extra)
        expect(mine.shape == theirs.shape, name, mine.shape, theirs.shape)
        difference = (mine - theirs).abs().max().item()
        expect(difference < 1e-5, name, f"logits differ by {difference}, the largest is {theirs.abs().max().item()}")


def both_ways(folder, path, name, data):
    expect_code(run("train", path, "train.epochs=1", "--run-dir", name, *data, cwd=folder), 0)
    config, weights = os.path.join(folder, name, "config.ini"), os.path.join(folder, name, "model.safetensors")
    state = load_file(weights)
    with safetensors.safe_open(weights, "pt") as f:
        expect(f.metadata()["format"] == "pt" and sorted(f.keys()) == sorted(state), f.metadata())
    net, shape = Net(config, state), shape_of(config)
    same(folder, name, net, shape, name)
    torch.manual_seed(6)
    for t in net.state_dict().values():  # PyTorch's weights in ours
        if t.is_floating_point():
            t.copy_(t * (1 + 0.1 * torch.rand_like(t)))
    save_file({k: v.contiguous() for k, v in net.state_dict().items()}, os.path.join(folder, "theirs.safetensors"))
    same(folder, config, net, shape, name + ", weights from PyTorch", "--weights", "theirs.safetensors")


def shipped_models(folder):
    for name in sorted(os.listdir(MODELS)):
        if name.endswith(".ini"):
            both_ways(folder, model(name), name, tiny.overrides(folder, name))


def conv_norm_pool(folder):
    both_ways(folder, write(folder, "norms.ini", NORMS), "norms", [])


def a_missing_tensor(folder):
    expect_code(run("train", model("spirals.ini"), "train.epochs=1", "--run-dir", "run", cwd=folder), 0)
    state = load_file(os.path.join(folder, "run", "model.safetensors"))
    for change, words in ((lambda s: s.pop("fc2.bias"), "fc2.bias"), (lambda s: s.update({"fc2.bias": torch.zeros(3)}), "fc2.bias"), (lambda s: s.update(extra=torch.zeros(1)), "extra")):
        other = dict(state)
        change(other)
        save_file(other, os.path.join(folder, "other.safetensors"))
        result = run("eval", model("spirals.ini"), "--weights", "other.safetensors", cwd=folder)
        expect_code(result, 4)
        expect(words in result.err, result.err)


main([shipped_models, conv_norm_pool, a_missing_tensor])
