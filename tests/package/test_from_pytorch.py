"""The right halves of docs/from-pytorch.md: each section becomes a program in the page's frame, is compiled against the installed package,
and prints what the page shows.  The left halves: pytorch_halves.py."""
import gzip
import re
import shutil
import struct
from doc_blocks import blocks, differs, programs
from package import RUN, SOURCE, compile_against, expect, main, output

PAGE = SOURCE / "docs" / "from-pytorch.md"
HOLE = "    /* ... the lines of a section ... */\n"
MARK = "\x1e"  # before what each part prints
HELP = r"""
static __attribute__((unused)) void show_tensor(cplug_tensor *t)
{
    char text[4096] = "";
    if (cplug_tensor_format(t, text, sizeof text) >= 0) puts(text);
}
static __attribute__((unused)) void show_shape(const cplug_tensor *t)
{
    printf("[");
    for (int32_t d = 0; d < cplug_tensor_ndim(t); d++) printf(d ? ", %d" : "%d", (int)cplug_tensor_size(t, d));
    puts("]");
}
static __attribute__((unused)) void show_text(const char *s) { puts(s); }
static __attribute__((unused)) void show_number(double v) { printf("%.17g\n", v); }
static __attribute__((unused)) void show_int(int64_t v) { printf("%lld\n", (long long)v); }
#define show(x) _Generic((x), cplug_tensor *: show_tensor, const char *: show_text, double: show_number, default: show_int)(x)
static __attribute__((unused)) void check(cplug_context *ctx)
{
    if (cplug_failed(ctx)) printf("error: %s\n", cplug_error_text(ctx));
    cplug_error_clear(ctx);
}
"""


def source(program):
    above, inside = "", ""
    for part in program.parts:
        text = part.c if part.kind == "row" else part.text if part.kind == "c" else ""
        if re.match(r"static|typedef|#define", text):
            above += text + "\n"
            text = ""
        elif part.kind == "row" and text and not re.search(r"(;|\*/)$", text):
            text = f"show_shape({text});" if part.shape else f"show(({text}));"
        inside += f'printf("\\x1e");\n{text}\n' + ("check(ctx);\n" if text else "")
    head, tail = blocks(PAGE)["frame.c"].split(HOLE)
    head, begin = head.split("int main(void)")
    return head + HELP + above + "\nint main(void)" + begin + inside + tail


def idx(path, *shape):
    """Digits of noise: enough for the shapes."""
    size = 1
    for n in shape:
        size *= n
    with gzip.open(path, "wb") as file:
        file.write(struct.pack(f">BBBB{len(shape)}I", 0, 0, 8, len(shape), *shape))
        file.write(bytes((i * 7919 >> 3) % (256 if len(shape) > 1 else 10) for i in range(size)))


def mnist(folder):
    raw = folder / "data" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name, n in (("train", 192), ("t10k", 64)):
        idx(raw / f"{name}-images-idx3-ubyte.gz", n, 28, 28)
        idx(raw / f"{name}-labels-idx1-ubyte.gz", n)


def wrong(program, printed):
    last, tolerance = "", 0.002 if "vary" in program.remark else 0
    for part, got in zip(program.parts, printed):
        if part.kind == "row":
            want = part.want[1] if part.want else ""
            got = "error" if want == "error" and got.startswith("error: ") else got
            why = differs(want, got, tolerance)
        elif part.kind == "text":
            why = differs(part.text, last, tolerance)
        else:
            why = got if part.kind == "c" and "error: " in got else None
        if why:
            yield f"[{program.name}] {part.c}\n{why}"
        last = got if part.kind != "python" and got.strip() else last


def right_halves(folder):
    mnist(folder)
    found, mistakes = programs(PAGE), []
    expect(len(found) >= 10, "the page has lost its programs", [p.name for p in found])
    for program in found:
        file = folder / f"{program.name}.c"
        file.write_text(source(program), encoding="utf-8")
        printed = output([compile_against("cplug", [file], folder / f"{program.name}.program")], cwd=folder, env={"CPLUG_LOG": ""}).split(MARK)[1:]
        expect(len(printed) == len(program.parts), program.name, printed)
        mistakes += wrong(program, printed)
    expect(not mistakes, "\n\n".join(mistakes))


def the_file(folder):
    mnist(folder)
    shutil.copytree(SOURCE / "models", folder / "models")
    command = re.search(r"(?m)^cplug-run (train models/mnist-mlp\.ini .*)$", PAGE.read_text(encoding="utf-8"))
    expect(command, "the page has lost its command")
    out = output([RUN, *command[1].split(), "train.epochs=1"], cwd=folder)
    expect(re.search(r"(?m)^accuracy \S+$", out), out)
    weights = (folder / "runs" / "mnist-mlp-1" / "model.safetensors").read_bytes()
    for name in (b'"fc1.weight"', b'"fc2.bias"', b'"fc3.weight"'):
        expect(name in weights, name, "is not in model.safetensors")


main([right_halves, the_file])
