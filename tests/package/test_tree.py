"""The installed tree: what lies where, that nothing in it knows where it was built, and that it works after a move, unset."""
import os
import re
from package import BUILD, CMAKE, FIRST, LIB, PLUGINS, PREFIX, RUN, SOURCE, expect, main, output, pkg_config, start

VERSION, ABI = os.environ["CPLUG_VERSION"], os.environ["CPLUG_ABI"]


def files(folder):
    headers = {path.name for path in (PREFIX / "include" / "cplug").iterdir()}
    public = {path.name for path in (SOURCE / "core" / "include" / "cplug").iterdir()} | {"api_table.h", "launcher.h"}
    expect(headers == public, sorted(headers ^ public))
    built = {path.name for path in (BUILD / "lib" / "cplug" / PLUGINS.name).glob("cplug-*.so")}
    installed = {path.name for path in PLUGINS.iterdir()}
    expect(len(installed) >= 10 and installed <= built, sorted(installed - built))
    for path in (RUN, LIB / "libcplug-launcher.a", LIB / f"libcplug.so.{VERSION}", LIB / "cmake/cplug/cplugConfig.cmake",
                 PREFIX / "share/doc/cplug/LICENSE", PREFIX / "share/doc/cplug/docs/write-a-backend.md", PREFIX / "share/doc/cplug/docs/schemas/validate.json",
                 PREFIX / "share/doc/cplug/examples/backend-acme/acme.c", PREFIX / "share/man/man1/cplug-validate.1", PREFIX / "bin/cplug-validate"):
        expect(path.exists(), path, "is missing")
    expect(os.readlink(LIB / "libcplug.so") == "libcplug.so.0", os.readlink(LIB / "libcplug.so"))
    expect("[libcplug.so.0]" in output(["readelf", "-d", LIB / "libcplug.so"]), "no versioned SONAME")


def no_trace_of_the_build(folder):
    """Places in scripts, headers and search paths; debug information may name sources."""
    traces = [str(SOURCE), str(BUILD), str(FIRST)]
    for path in PREFIX.rglob("*"):
        if path.is_file() and path.suffix in (".cmake", ".pc", ".h", ".map", ".ini", ".1"):
            text = path.read_text(encoding="utf-8")
            expect(not any(trace in text for trace in traces), path, "names the place where it was built")
    for path in [RUN, LIB / "libcplug.so", *PLUGINS.iterdir()]:
        places = re.findall(r"\((?:RUNPATH|RPATH)\).*\[(.*)\]", output(["readelf", "-d", path]))
        expect(all(place.startswith("$ORIGIN/") for place in places), path, places)


def runs_unset(folder):
    out = output([RUN, "plugins"], cwd=folder)
    expect(len(re.findall(r"(?m)^(?:loaded|warning) ", out)) == len(list(PLUGINS.iterdir())), out)
    (folder / "line.ini").write_text((SOURCE / "models" / "line.ini").read_text())
    output([RUN, "train", "line.ini", "train.epochs=1"], cwd=folder)


def pkg_config_knows(folder):
    expect(pkg_config("--modversion", "cplug") == [VERSION], "version")
    expect(pkg_config("--variable=abiversion", "cplug") == [ABI], "abiversion")
    expect(os.path.samefile(pkg_config("--variable=plugindir", "cplug")[0], PLUGINS), "plugindir")
    expect("-lcplug-launcher" in pkg_config("--libs", "cplug-launcher"), "launcher")


def versions_that_do_not_fit(folder):
    major, minor = (int(word) for word in VERSION.split(".")[:2])
    for wanted, fits in ((f"{major}.{minor}", True), (f"{major}.{minor + 1}", False), (f"{major + 1}.0", False)):
        script = folder / "version.cmake"
        script.write_text(f'set(PACKAGE_FIND_VERSION {wanted})\nset(PACKAGE_FIND_VERSION_MAJOR {wanted.split(".")[0]})\n'
                          f'set(PACKAGE_FIND_VERSION_MINOR {wanted.split(".")[1]})\nset(CMAKE_SIZEOF_VOID_P 8)\n'
                          f'include("{LIB}/cmake/cplug/cplugConfigVersion.cmake")\nmessage("fits ${{PACKAGE_VERSION_COMPATIBLE}}")\n')
        code, out, err = start([CMAKE, "-P", script])
        expect(code == 0 and ("fits TRUE" in err) == fits, wanted, err)


main([files, no_trace_of_the_build, runs_unset, pkg_config_knows, versions_that_do_not_fit])
