"""The left halves of docs/from-pytorch.md, run by PyTorch: they print what the page shows.  Needs torch, numpy and safetensors in the Python
that runs this; skipped where they are not.  A program that needs something else, named in its remark, is only compiled."""
import contextlib
import importlib.util
import io
import os
import pathlib
import sys
import tempfile

os.environ["CUDA_VISIBLE_DEVICES"] = ""  # the page shows what is printed without one
try:
    import safetensors.torch  # noqa: F401: which asks for torch and numpy
    import torch
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)
from doc_blocks import differs, programs, unnamed

PAGE = pathlib.Path(os.environ["CPLUG_SOURCE"]) / "docs" / "from-pytorch.md"
ANY_NUMBER = float("inf")


def is_expression(text):
    try:
        compile(text, "row", "eval")
        return not text.startswith("print(")
    except SyntaxError:
        return False


def run(text, names, part):
    """What it prints; of an expression its value; of an error that the page shows its kind."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            if part.want and is_expression(text):
                value = eval(text, names)
                print(list(value.shape) if part.shape else value)
            else:
                exec(compile(text, str(PAGE), "exec"), names)
        except RuntimeError as error:
            if not part.want or part.want[0] != "RuntimeError":
                raise
            print(type(error).__name__)
    return printed.getvalue()


def missing(program):
    words = program.remark.split()
    return words[:1] == ["needs"] and not importlib.util.find_spec(words[1])


def wrong(program, names):
    last, tolerance = "", ANY_NUMBER if "vary" in program.remark else 0
    for part in program.parts:
        text = part.python if part.kind == "row" else part.text if part.kind == "python" else ""
        if missing(program):
            compile(text, str(PAGE), "exec")
            continue
        got = run(text, names, part) if text else ""
        if part.kind == "text":
            why = differs(part.text, last, tolerance)
        else:
            why = part.want and differs(part.want[0], got, tolerance)
        if why:
            yield f"[{program.name}] {text}\n{why}"
        last = got if got.strip() else last


def main():
    torch.manual_seed(1)
    torch.multiprocessing.set_start_method("fork")  # workers of a loader know a class that stands in a text
    mistakes, begin = [], unnamed(PAGE, "python")[0]
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for program in programs(PAGE):
            names = {}
            exec(compile(begin, str(PAGE), "exec"), names)
            before = len(mistakes)
            mistakes += wrong(program, names)
            print("FAILED " if len(mistakes) > before else "compiled" if missing(program) else "ok     ", program.name)
        os.chdir("/")
    print("\n\n".join(mistakes))
    sys.exit(1 if mistakes else 0)


main()
