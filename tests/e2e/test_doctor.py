"""doctor: facts for a report, and what is wrong where something is."""
import json
import os
import platform
import subprocess
from e2e import RUN, expect, expect_code, main, run, write


def told(folder, code=0, *args, **env):
    environment = {k: v for k, v in os.environ.items() if k not in ("OPENBLAS_CORETYPE", "OMP_NUM_THREADS", "CPLUG_PLUGIN_PATH")}
    done = subprocess.run([*args, RUN, "doctor", "--json"], cwd=folder, capture_output=True, text=True, env={**environment, **env}, timeout=120)
    expect(done.returncode == code, done)
    return json.loads(done.stdout)


def checks(answer, state):
    return [c for c in answer["checks"] if c["state"] == state]


def facts(folder):
    answer = told(folder)
    f = answer["facts"]
    expect(answer["ok"] and not checks(answer, "fail"), answer["checks"])
    expect(f["cplug"]["version"] and f["system"]["glibc"] == platform.libc_ver()[1] and platform.release() in f["system"]["kernel"], f)
    expect(f["processor"]["cores"] == len(os.sched_getaffinity(0)), f)
    expect(f["memory"]["total_mib"] > 0 and f["runs"]["writable"] and os.path.realpath(f["runs"]["folder"]) == os.path.realpath(folder), f)
    flags = open("/proc/cpuinfo").read() if os.path.exists("/proc/cpuinfo") else ""
    if platform.machine() == "x86_64":
        expect(set(f["processor"]["features"].split()) == {n for n in ("avx2", "fma", "avx512f") if f" {n} " in flags.replace("\n", " ")}, f["processor"])
    expect(any(b["id"] == "cpu" and b["words"] for b in answer["backends"]), answer["backends"])
    expect(all(p["state"] in ("loaded", "warning") for p in answer["plugins"]), answer["plugins"])
    text = run("doctor", cwd=folder)
    expect_code(text, 0)
    for word in (f["cplug"]["version"], f["system"]["glibc"], f["processor"]["model"], "cplug.cpu", "ok    ", "nothing is broken"):
        expect(word in text.out, word, text.out)
    expect(os.listdir(folder) == [], "doctor wrote something")


def a_broken_plugin(folder):
    os.chmod(folder, 0o755)
    write(folder, "cplug-broken.so", b"not an ELF file")
    answer = told(folder, 1, CPLUG_PLUGIN_PATH=os.path.realpath(folder))
    bad = checks(answer, "fail")
    expect(not answer["ok"] and len(bad) == 1 and "cplug-broken.so" in bad[0]["text"] and bad[0]["help"], bad)
    result = run("doctor", cwd=folder, env={"CPLUG_PLUGIN_PATH": os.path.realpath(folder)})
    expect_code(result, 1)
    expect("something is broken" in result.out and "\nfail  " in result.out, result.out)


def a_folder_that_all_may_write(folder):
    path = os.path.join(os.path.realpath(folder), "open")
    os.mkdir(path)
    os.chmod(path, 0o777)
    answer = told(folder, 0, CPLUG_PLUGIN_PATH=path)
    expect(any(path in c["text"] and c["help"] for c in checks(answer, "warn")), answer["checks"])


def fewer_cores_and_limits(folder):
    cores = sorted(os.sched_getaffinity(0))
    answer = told(folder, 0, "taskset", "-c", str(cores[0]), OMP_NUM_THREADS=str(4 * len(cores))) if os.path.exists("/usr/bin/taskset") else None
    if answer:
        warned = {c["name"] for c in checks(answer, "warn")}
        expect(answer["facts"]["processor"]["cores"] == 1 and {"cores", "OMP_NUM_THREADS"} <= warned, answer["checks"])
    answer = told(folder, 0, "sh", "-c", 'ulimit -n 64; ulimit -f 1000; exec "$@"', "sh")
    expect({"open files", "file size"} <= {c["name"] for c in checks(answer, "warn")}, answer["checks"])


def kernels_for_a_lesser_processor(folder):
    answer = told(folder, 0, OPENBLAS_CORETYPE="Nehalem")
    named = [b for b in answer["backends"] if "Nehalem" in b["words"]]
    if named and "avx2" in answer["facts"]["processor"].get("features", ""):
        expect(any(c["name"] == "kernels" and c["help"] for c in checks(answer, "warn")), answer["checks"])


def a_place_where_nothing_can_be_kept(folder):
    write(folder, "runs", "a file")
    answer = told(folder, 1)
    expect([c["name"] for c in checks(answer, "fail")] == ["runs"], answer["checks"])


main([facts, a_broken_plugin, a_folder_that_all_may_write, fewer_cores_and_limits, kernels_for_a_lesser_processor, a_place_where_nothing_can_be_kept])
