"""Projects that use the package in other ways: by pkg-config alone in C and C++, with plugins linked in, as a subdirectory; and what a
plugin that is not one gets to hear when it is built."""
import os
import re
from package import CMAKE, EXAMPLES, HERE, LIB, PLUGINS, PREFIX, RUN, SANITIZE, SOURCE, build, compile_against, configure, expect, main, output, \
    pkg_config, start

ACME = SOURCE / "examples"


def c_by_pkg_config(folder):
    out = output([compile_against("cplug", [ACME / "03_line.c"], folder / "line")])
    expect("x = 2: " in out, out)


def launcher_by_pkg_config(folder):
    program = compile_against("cplug-launcher", [ACME / "06_predict.c"], folder / "predict")
    output([RUN, "train", SOURCE / "models" / "line.ini", "train.epochs=2"], cwd=folder)
    expect("tensor([[" in output([program, "runs/line-1", "1"], cwd=folder), "no prediction")


def cpp_by_pkg_config(folder):
    expect("caught: " in output([compile_against("cplug", [ACME / "09_host.cpp"], folder / "host", "-Wpedantic")]), "no exception")


def plugin_by_pkg_config(folder):
    sources = [ACME / "dataset-acme" / "gauges.cpp"]
    output([os.environ["CPLUG_CXX"], "-std=c++11", "-Wpedantic", "-Wall", "-Werror", "-shared", "-fPIC", *sources, "-o", folder / "cplug-gauges.so",
            *pkg_config("--cflags", "cplug")])
    folder.chmod(0o755)
    if not SANITIZE:
        expect("com.acme.gauges" in output([RUN, "plugins"], env={"CPLUG_PLUGIN_PATH": str(folder)}), "not found")


def plugins_linked_into_the_host(folder):
    sources = [ACME / "backend-acme" / "acme.c", *(ACME / "layer-acme").glob("*.c"), HERE / "static_host.c"]
    out = output([compile_against("cplug", sources, folder / "host", "-DCPLUG_STATIC")])
    expect("on cpu: acme; acme: 80 (one pass)" in out and "static: com.acme.mse" in out and "static: com.acme.snake" in out, out)


def each_plugin_is_a_project_of_its_own(folder):
    for name, file in (("backend-acme", "cplug-acme-mse.so"), ("dataset-acme", "cplug-acme-gauges.so"), ("layer-acme", "cplug-acme-snake.so")):
        build(ACME / name, folder / name)
        output([CMAKE, "--install", folder / name, "--prefix", folder / "prefix"])
        installed = folder / "prefix" / PLUGINS.relative_to(PREFIX) / file
        expect(installed.exists(), installed, "was not installed")
        expect((ACME / name / "README.md").exists(), name, "has no README.md")


def what_is_no_plugin_does_not_build(folder):
    (folder / "CMakeLists.txt").write_text("cmake_minimum_required(VERSION 3.20)\nproject(bad C)\nfind_package(cplug 0.1 REQUIRED)\n"
                                           "cplug_add_plugin(bad SOURCES bad.c)\n")
    (folder / "bad.c").write_text("#include <cplug/plugin.h>\nint answer(void);\nint answer(void) { return 42; }\n")
    code, out, err = configure(folder, folder / "build", f"-DCMAKE_PREFIX_PATH={PREFIX}")
    expect(code == 0, out, err)
    code, out, err = start([CMAKE, "--build", folder / "build"])
    expect(code != 0 and "exports nothing" in out + err and "CPLUG_PLUGIN" in out + err, out, err)
    expect(not (folder / "build" / "cplug-bad.so").exists(), "the file was left behind")


def no_list_asks_for_the_top_folder(folder):
    """CMAKE_SOURCE_DIR is another project's where cplug is a subdirectory; the tests are never built there."""
    lists = [SOURCE / "CMakeLists.txt", *SOURCE.glob("cmake/*.cmake")]
    for part in ("core", "launcher", "plugins", "datasets", "tools"):
        lists += (SOURCE / part).rglob("CMakeLists.txt")
    wrong = [path for path in lists if re.search(r"CMAKE_(SOURCE|BINARY)_DIR", path.read_text(encoding="utf-8"))]
    expect(not wrong, "use PROJECT_SOURCE_DIR and PROJECT_BINARY_DIR in", *wrong)


def subdirectory_of_another_project(folder):
    (folder / "CMakeLists.txt").write_text(f"""cmake_minimum_required(VERSION 3.20)
project(parent C CXX)
set(before "${{CMAKE_C_FLAGS}}|${{CMAKE_BUILD_TYPE}}|${{CMAKE_C_STANDARD}}|${{CMAKE_LIBRARY_OUTPUT_DIRECTORY}}")
add_subdirectory("{SOURCE}" cplug)
set(after "${{CMAKE_C_FLAGS}}|${{CMAKE_BUILD_TYPE}}|${{CMAKE_C_STANDARD}}|${{CMAKE_LIBRARY_OUTPUT_DIRECTORY}}")
if(NOT before STREQUAL after)
  message(FATAL_ERROR "'${{before}}' became '${{after}}'")
endif()
if(TARGET test_core OR CPLUG_BUILD_TESTS OR CPLUG_BUILD_BENCHMARKS)
  message(FATAL_ERROR "tests or benchmarks are on")
endif()
cplug_add_plugin(gauges SOURCES "{ACME}/dataset-acme/gauges.cpp")
cplug_add_plugin(snake SOURCES "{ACME}/layer-acme/layer.c" "{ACME}/layer-acme/op.c" "{ACME}/layer-acme/kernel.c")
add_executable(host "{ACME}/09_host.cpp")
target_link_libraries(host PRIVATE cplug::cplug)
add_executable(predict "{ACME}/06_predict.c")
target_link_libraries(predict PRIVATE cplug::launcher)
""")
    code, out, err = configure(folder, folder / "build")
    expect(code == 0, out, err)
    output([CMAKE, "--build", folder / "build", "--target", "cplug-gauges", "cplug-snake"])  # the whole would take too long here
    expect((folder / "build" / "cplug-gauges.so").exists() and (folder / "build" / "cplug-snake.so").exists(), os.listdir(folder / "build"))


main([c_by_pkg_config, launcher_by_pkg_config, cpp_by_pkg_config, plugin_by_pkg_config, plugins_linked_into_the_host,
      each_plugin_is_a_project_of_its_own, what_is_no_plugin_does_not_build, no_list_asks_for_the_top_folder, subdirectory_of_another_project])
