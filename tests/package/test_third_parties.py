"""acme's plugins, built out of tree against the installed package, in use: found, described, chosen, right, and on every device."""
import re
import sys
from package import EXAMPLES, HERE, LIB, PREFIX, RUN, SANITIZE, SOURCE, compile_against, expect, main, output, start

ACME = {"CPLUG_PLUGIN_PATH": str(EXAMPLES / "plugins")}
MODEL = HERE / "acme.ini"


def accuracy(out):
    return float(re.search(r"(?m)^accuracy (\S+)", out).group(1))


def found_and_described(folder):
    out = output([RUN, "plugins"], env=ACME)
    for name in ("com.acme.mse", "com.acme.gauges", "com.acme.snake"):
        expect(re.search(rf"(?m)^loaded +{name} ", out), name, out)
    expect("default 1.0" in output([RUN, "inspect", "acme.snake"], env=ACME), "inspect acme.snake")
    expect("train|valid|test" in output([RUN, "inspect", "acme.gauges"], env=ACME), "inspect acme.gauges")


def each_exports_one_symbol(folder):
    if SANITIZE:
        return  # the sanitizer adds symbols of its own
    out = output([sys.executable, SOURCE / "tests" / "abi" / "exports.py", LIB / "libcplug.so", EXAMPLES / "plugins", SOURCE / "core" / "api.order"])
    expect("3 plugins are in order" in out, out)


def trains_with_data_and_layer(folder):
    code, out, err = start([RUN, "train", MODEL], cwd=folder, env=dict(ACME, CPLUG_LOG="dispatch"))
    expect(code == 0 and accuracy(out) > 0.95, out, err)
    expect(re.search(r"acme\.snake\(f32\[50, 16\], f32\[16\]\) on cpu: acme; acme: 80 \(one pass\)", err), err)
    out = output([RUN, "predict", "runs/acme-1"], cwd=folder, env=ACME)
    expect(re.search(r"fails|runs", out), out)


def mistakes_are_told_with_the_plugin_schema(folder):
    code, out, err = start([RUN, "check", MODEL, "layer.snake.alpha=0"], env=ACME)
    expect(code == 3 and "alpha" in err and "0.001" in err, code, err)
    code, out, err = start([RUN, "check", MODEL])
    expect(code == 3 and "acme.gauges" in err and "acme.snake" in err, "without the plugins", code, err)


def faster_kernel_is_chosen(folder):
    code, out, err = start([RUN, "train", SOURCE / "models" / "line.ini", "train.epochs=2"], cwd=folder, env=dict(ACME, CPLUG_LOG="dispatch"))
    expect(code == 0, err)
    expect(re.search(r"mse_loss\(.*\) on cpu: acme; acme: 80 \(one pass\)", err), err)
    ours, theirs = (float(output([RUN, "train", SOURCE / "models" / "line.ini", "runtime.threads=1", *only], cwd=folder, env=ACME)
                          .split("valid loss ")[-1].split()[0]) for only in ([], ["runtime.backends=cpu"]))
    expect(abs(ours - theirs) < 2e-4, ours, theirs)


def other_devices_by_decomposition(folder):
    cpu = output([RUN, "train", MODEL], cwd=folder, env=ACME)
    sim = output([RUN, "train", MODEL, "runtime.device=sim"], cwd=folder, env=ACME)
    expect(abs(accuracy(cpu) - accuracy(sim)) <= 0.004, cpu, sim)


def validated(folder):
    if SANITIZE:
        return  # single steps and guard pages are the sanitizer's own
    for plugin in sorted((EXAMPLES / "plugins").glob("cplug-*.so")):
        out = output([PREFIX / "bin" / "cplug-validate", plugin], cwd=folder)
        expect("0 failed, 0 could not be made" in out and len(out.splitlines()) > 8, out)


def layer_is_right(folder):
    program = compile_against("cplug", [HERE / "check_layer.c"], folder / "check_layer")
    code, out, err = start([program], env=ACME)
    expect(code == 0, out, err)
    expect("on cpu: acme;" in out and "its decomposition" in out, out)


main([found_and_described, each_exports_one_symbol, trains_with_data_and_layer, mistakes_are_told_with_the_plugin_schema,
      faster_kernel_is_chosen, other_devices_by_decomposition, validated, layer_is_right])
