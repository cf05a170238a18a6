"""Bytes of safetensors files as the reference library writes them: golden_safetensors.h.  One metadata key: the reference writes several in random order."""
import pathlib
import torch
from safetensors.torch import save


def tensors():
    t = {}
    for name, dtype in [("b", torch.bool), ("u8", torch.uint8), ("i8", torch.int8), ("i16", torch.int16), ("f16", torch.float16), ("bf16", torch.bfloat16),
                        ("i32", torch.int32), ("f32", torch.float32), ("f64", torch.float64), ("i64", torch.int64)]:
        t[name] = torch.tensor([[0, 1, 1], [1, 0, 1]]).to(dtype)
    t["scalar"] = torch.tensor(2.5)
    t["empty"] = torch.zeros(2, 0, 3)
    t['a\u00e9"\\\n/\x01\x7f'] = torch.tensor([1.0])
    t["fc1.weight"] = torch.arange(4, dtype=torch.float32)
    return t


def array(name, data):
    rows = [", ".join(f"{b}" for b in data[i:i + 32]) for i in range(0, len(data), 32)]
    return f"static const unsigned char {name}[] = {{\n    " + ",\n    ".join(rows) + "\n};\n"


out = "/* Made by gen_safetensors.py with the reference library. */\n// clang-format off\n"
out += array("golden_all", save(tensors(), metadata={"a": "1\u00e9"}))
out += array("golden_none", save({}))
out += array("golden_unsigned", save({"x": torch.zeros(2, dtype=torch.uint16), "y": torch.ones(1)}))
pathlib.Path(__file__).with_name("golden_safetensors.h").write_text(out + "// clang-format on\n", encoding="utf-8")
