"""Data sets of a few samples for the shipped models: enough to load, train a step and predict, made by the test itself."""
import os
import random
import struct
from e2e import model

CSV_COLUMNS = {"iris.ini": (4, lambda i: ("Iris-setosa", "Iris-versicolor", "Iris-virginica")[i % 3]), "housing.ini": (8, lambda i: 50000 + 1000 * i)}


def idx(folder, name, sizes, values):
    with open(os.path.join(folder, name), "wb") as f:
        f.write(bytes([0, 0, 8, len(sizes)]) + b"".join(struct.pack(">I", n) for n in sizes) + bytes(values))


def images(folder, n=20):
    """Four IDX files as MNIST has them."""
    draw = random.Random(3)
    for name, count in (("train", n), ("t10k", n // 2)):
        idx(folder, name + "-images-idx3-ubyte", (count, 28, 28), [draw.randrange(256) for _ in range(count * 784)])
        idx(folder, name + "-labels-idx1-ubyte", (count,), [i % 10 for i in range(count)])


def table(folder, name, n=30):
    columns, target = CSV_COLUMNS[name]
    draw = random.Random(4)
    path = os.path.join(folder, name + ".csv")
    with open(path, "w") as f:
        f.writelines(",".join(f"{draw.gauss(0, 1):.4f}" for _ in range(columns)) + f",{target(i)}\n" for i in range(n))
    return path


def overrides(folder, name):
    """What makes a shipped model use such data; nothing where it makes its own."""
    text = open(model(name)).read()
    if "= mnist" in text:
        images(folder)
        return [f"data.train.root={folder}", f"data.valid.root={folder}"]
    if "= csv" in text:
        path = table(folder, name)
        return [f"data.train.file={path}", f"data.valid.file={path}"]
    return ["data.train.samples=64", "data.valid.samples=16"]
