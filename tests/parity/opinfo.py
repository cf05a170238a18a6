"""PyTorch's own operator samples through `cplug-run op`: forward and gradients, from files to files, a process a sample.

The samples are OpInfo's sample_inputs and reference_inputs (zero sizes, broadcasts, promotion, extreme values) in float32, float64,
int64 and bool.  Prints a line an op: agree, differ, refused (exit code 5), error (1, 2 or 4), crash; --show names what did not agree.
Needs torch with expecttest; without them it says so and exits with 77, which CTest counts as skipped.
"""
import argparse
import collections
import concurrent.futures
import os
import random
import shutil
import subprocess
import sys
import tempfile
import warnings

try:
    warnings.filterwarnings("ignore")
    import numpy as np
    import torch
    from torch.testing._internal.common_methods_invocations import op_db
except ImportError as problem:
    print(f"skipped: PyTorch's operator samples cannot be had: {problem}")
    sys.exit(77)

RUN = os.environ.get("CPLUG_RUN", "cplug-run")
DTYPES = (torch.float32, torch.float64, torch.int64, torch.bool)
MOST_ELEMENTS = 1100000
# Samples are called positionally; these are the names in PyTorch's order where that is not "tensors, then attributes".
ORDER = {
    "mean": "input dim keepdim", "prod": "input dim keepdim", "max": "input dim keepdim", "min": "input dim keepdim",
    "var": "input dim unbiased keepdim", "std": "input dim unbiased keepdim", "index_select": "input dim index", "gather": "input dim index",
    "scatter_add": "input dim index src", "narrow": "input dim start length", "where": "input condition other", "index": "input indices",
}
VARIADIC = {"view": "size", "reshape": "shape", "expand": "size", "permute": "dims"}
NAMES = {"split_size": "split_size_or_sections", "a": "input", "self": "input", "x": "input"}  # other names in samples


class Skip(Exception):
    pass


def signature_of(name):
    """Names of the tensor and of the attribute parameters, from the tool itself."""
    done = subprocess.run([RUN, "op", name, "--help"], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{name}: {done.stderr}")
    text = done.stdout.strip()
    tensors, _, attributes = text[text.index("(") + 1:-1].partition("; ")
    names = [a.split("=")[0] for a in split_outside(attributes)]
    return [t for t in tensors.split(", ") if t], names


def split_outside(text):
    """ "stride=1,1, padding=0" at its ", "."""
    return [part for part in text.split(", ") if part]


def text_of(value):
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, torch.dtype):
        return str(value).removeprefix("torch.")
    if isinstance(value, (list, tuple)):
        return ",".join(text_of(v) for v in value)
    if isinstance(value, torch.Tensor) or isinstance(value, complex):
        raise Skip("a tensor or a complex number as attribute")
    return repr(value) if isinstance(value, float) else str(value)


class Request:
    """A sample as words of the command line and the tensors behind them, by place."""

    def __init__(self, name, signature, sample):
        self.name, self.tensors, self.attributes = name, signature[0], signature[1]
        self.by_name = self.named(sample)
        self.places = []  # tensor or None, counted over files and '-'
        self.words = []
        self.attrs = []
        for parameter in self.tensors:
            self.place(parameter.removesuffix("[]"), parameter.endswith("[]"))
        for attribute in self.attributes:
            if attribute in self.by_name:
                self.attrs.append(f"{attribute}={text_of(self.by_name.pop(attribute))}")
        if self.by_name:
            raise Skip(f"parameters {list(self.by_name)}")

    def named(self, sample):
        order = ORDER.get(self.name, "").split() or [t.removesuffix("[]") for t in self.tensors] + self.attributes
        args = [sample.input, *sample.args]
        if self.name in VARIADIC and len(args) != 2:
            args = [args[0], tuple(args[1:])]
        if self.name in VARIADIC and not isinstance(args[1], (list, tuple)):
            args[1] = (args[1],)
        if self.name in ("max", "min") and len(args) > 1 and isinstance(args[1], torch.Tensor):
            order = ["input", "other"]
        if self.name in ("var", "std") and len(args) > 1 and isinstance(args[1], bool):
            order = ["input", "unbiased"]
        if len(args) > len(order):
            raise Skip(f"{len(args)} positional arguments")
        named = dict(zip(order, args))
        named.update({NAMES.get(k, k): v for k, v in sample.kwargs.items()})
        return named

    def place(self, parameter, is_list):
        value = self.by_name.pop(parameter, None)
        if is_list:
            self.words += ["["] + [self.add(t) for t in value] + ["]"]
        elif isinstance(value, torch.Tensor) or value is None:
            self.words.append(self.add(value))
        else:
            self.words.append(self.add(None))
            self.attrs.append(f"{parameter}={text_of(value)}")

    def add(self, tensor):
        self.places.append(tensor)
        return "-" if tensor is None else f"in{len(self.places) - 1}.npy"


def flatten(result):
    if isinstance(result, torch.Tensor):
        return [result]
    return [t for r in result for t in flatten(r)]


def tensors_in(value):
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, (list, tuple)):
        return [t for v in value for t in tensors_in(v)]
    if isinstance(value, dict):
        return [t for v in value.values() for t in tensors_in(v)]
    return []


class Case:
    def __init__(self, op, name, signature, dtype, sample):
        self.name, self.dtype = name, dtype
        every = tensors_in([sample.input, sample.args, sample.kwargs])
        if any(t.is_complex() or t.is_sparse or t.numel() > MOST_ELEMENTS or t.dtype in (torch.bfloat16, torch.float16) or t.ndim > 8 for t in every):
            raise Skip("complex, sparse or very large")
        if any(t.dtype in (torch.uint16, torch.uint32, torch.uint64, torch.complex32) for t in every):
            raise Skip("a dtype that cplug has not")
        self.request = Request(name, signature, sample)
        self.files = [None if t is None else t.detach().numpy().copy() for t in self.request.places]
        try:
            outputs = flatten(op.op(sample.input, *sample.args, **sample.kwargs))
        except Exception as problem:
            raise Skip(f"PyTorch: {problem}")
        self.sample_kwargs = sample.kwargs
        self.outputs = [o.detach().clone() for o in outputs]
        if any(o.is_complex() or o.numel() > MOST_ELEMENTS for o in outputs):
            raise Skip("complex or very large output")
        self.gradients(outputs)

    def gradients(self, outputs):
        self.given, self.wanted = [], {}
        leaves = {i: t for i, t in enumerate(self.request.places) if t is not None and t.requires_grad}
        differentiable = [o for o in outputs if o.requires_grad]
        if not leaves or not differentiable:
            return
        generator = torch.Generator().manual_seed(0)
        self.given = [torch.randn(o.shape, generator=generator, dtype=o.dtype) if o.requires_grad else None for o in outputs]
        try:
            found = torch.autograd.grad(differentiable, list(leaves.values()), [g for g in self.given if g is not None], allow_unused=True)
        except Exception as problem:
            raise Skip(f"PyTorch's gradient: {problem}")
        self.wanted = dict(zip(leaves, found))

    def command(self, extra):
        words = [RUN, "op", self.name, *self.request.words]
        while words[-1] == "-":
            words.pop()
        for a in self.request.attrs:
            words += ["--attr", a]
        for k, g in enumerate(self.given):
            words += ["--grad", "-" if g is None else f"g{k}.npy"]
        return words + extra + ["-o", "out"]

    def write(self, folder):
        for i, a in enumerate(self.files):
            if a is not None:
                np.save(f"{folder}/in{i}.npy", a)
        for k, g in enumerate(self.given):
            if g is not None:
                np.save(f"{folder}/g{k}.npy", g.numpy())

    def run(self, extra):
        """(verdict, words)"""
        folder = tempfile.mkdtemp(prefix="cplug-parity-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
        try:
            self.write(folder)
            try:
                done = subprocess.run(self.command(extra), cwd=folder, capture_output=True, text=True, timeout=60)
            except subprocess.TimeoutExpired:
                return "crash", "did not end within 60 s"
            if done.returncode < 0 or done.returncode >= 100:
                return "crash", f"exit code {done.returncode}: {done.stderr[-500:]}"
            if done.returncode:
                return ("refused" if done.returncode == 5 else "error"), f"exit code {done.returncode}: {done.stderr.strip()}"
            return self.compare(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def compare(self, folder):
        for k, want in enumerate(self.outputs):
            words = self.differs(f"{folder}/out.{k}.npy", want, f"output {k}")
            if words:
                return "differ", words
        if os.path.exists(f"{folder}/out.{len(self.outputs)}.npy"):
            return "differ", f"more than {len(self.outputs)} outputs"
        for i, want in self.wanted.items():
            path = f"{folder}/out.grad{i}.npy"
            if want is None or (not os.path.exists(path) and self.unwanted(i)):
                continue
            words = self.differs(path, want, f"gradient {i}")
            if words:
                return "differ", words
        return "agree", ""

    def unwanted(self, i):
        """Targets and the weights of losses: the contract asks for no gradient there."""
        return self.name.endswith("_loss") or "cross_entropy" in self.name

    @staticmethod
    def differs(path, want, what):
        if not os.path.exists(path):
            return f"{what} is missing"
        have = torch.from_numpy(np.load(path))
        try:
            torch.testing.assert_close(have, want.detach(), equal_nan=True)
            return ""
        except AssertionError as problem:
            return f"{what}: " + " ".join(str(problem).split())[:300]


def find_ops():
    """name -> OpInfos; those of the tool only."""
    help_text = subprocess.run([RUN, "help", "op"], capture_output=True, text=True).stdout
    known = help_text[help_text.index("Ops:") + 4:help_text.index("and every other op")].split()
    found = collections.OrderedDict((name, []) for name in known)
    for op in op_db:
        base = op.name.removeprefix("nn.functional.")
        if base in found and op.variant_test_name not in ("triton_optimized", "complex"):
            found[base].append(op)
    # torch.Tensor.unfold is another op than torch.nn.functional.unfold
    if "unfold" in found:
        found["unfold"] = [op for op in found["unfold"] if op.name.startswith("nn.functional")]
    return found


def samples_of(op, dtype, reference):
    gradient = dtype.is_floating_point and op.supports_autograd
    torch.manual_seed(0)
    random.seed(0)
    np.random.seed(0)
    for sample in op.sample_inputs("cpu", dtype, requires_grad=gradient):
        yield sample
    if reference == 0:
        return
    # extremes are many and alike: an even choice of them
    try:
        more = list(op.reference_inputs("cpu", dtype, requires_grad=gradient))
    except Exception:
        return
    step = max(1, len(more) // reference)
    yield from more[::step][:reference]


def cases_of(name, ops, signature, options, skipped):
    for op in ops:
        for dtype in options.dtypes:
            if dtype not in op.supported_dtypes("cpu"):
                continue
            n = 0
            for sample in samples_of(op, dtype, options.reference):
                if options.limit and n >= options.limit:
                    break
                n += 1
                try:
                    yield Case(op, name, signature, dtype, sample)
                except Skip as why:
                    skipped[str(why)[:60]] += 1


COLUMNS = ("agree", "differ", "refused", "error", "crash")


def report(name, counts, skipped):
    total = sum(counts[c] for c in COLUMNS)
    share = f"{100 * counts['agree'] / total:6.2f} %" if total else "        "
    print(f"{name:34s} {total:6d} " + " ".join(f"{counts[c]:7d}" for c in COLUMNS) + f" {skipped:7d}  {share}", flush=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ops", help="names with commas (default: all)")
    parser.add_argument("--limit", type=int, default=0, help="samples an OpInfo and dtype (default: all)")
    parser.add_argument("--reference", type=int, default=40, help="of the extremes, how many an OpInfo and dtype (default 40)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--dtypes", help="float32,float64,int64,bool (default: these)")
    parser.add_argument("--extra", default="", help="more words for cplug-run op, as '--device sim'")
    parser.add_argument("--show", type=int, default=0, help="of each op, how many samples that do not agree")
    parser.add_argument("--least", type=float, default=0, help="fail when fewer per cent agree, or when anything crashes")
    options = parser.parse_args()
    options.dtypes = [getattr(torch, d) for d in options.dtypes.split(",")] if options.dtypes else DTYPES
    return options


def main():
    options = arguments()
    torch.set_num_threads(1)
    os.environ["OMP_NUM_THREADS"] = "1"
    wanted = options.ops.split(",") if options.ops else None
    total, total_skipped, without = collections.Counter(), 0, []
    print(f"{'op':34s} {'cases':>6s} " + " ".join(f"{c:>7s}" for c in COLUMNS) + "    left")
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for name, ops in find_ops().items():
            if wanted and name not in wanted:
                continue
            if not ops:
                without.append(name)
                continue
            counts, skipped, shown = collections.Counter(), collections.Counter(), 0
            cases = list(cases_of(name, ops, signature_of(name), options, skipped))
            for case, (verdict, words) in zip(cases, pool.map(lambda c: c.run(options.extra.split()), cases)):
                counts[verdict] += 1
                if verdict != "agree" and shown < options.show:
                    shown += 1
                    shapes = [None if a is None else f"{a.dtype}{list(a.shape)}" for a in case.files]
                    print(f"  {verdict}: {' '.join(case.command([])[1:-2])}  {shapes}\n    {words}")
            report(name, counts, sum(skipped.values()))
            if options.show and skipped:
                print("  left out:", dict(skipped))
            total += counts
            total_skipped += sum(skipped.values())
    report("total", total, total_skipped)
    if without:
        print("no samples of PyTorch's:", " ".join(without))
    cases = sum(total.values())
    if cases == 0 or total["crash"] or 100 * total["agree"] < options.least * cases:
        print(f"FAILED: at least {options.least} % must agree and none may crash")
        sys.exit(1)


main()
