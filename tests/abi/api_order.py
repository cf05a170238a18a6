"""The script that makes the function table: it reproduces what the build made, refuses what would move a slot, and hides functions
that are newer than the host that a plugin aims at.

    api_order.py GEN_API CORE_DIR GENERATED_DIR CC"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

gen_api, core, generated, compiler = sys.argv[1:]
core, generated = pathlib.Path(core), pathlib.Path(generated)
problems = []


def run(folder, out, *flags):
    arguments = [*flags, str(folder)] + ([str(out)] if out else [])
    return subprocess.run([sys.executable, gen_api, *arguments], capture_output=True, text=True)


def expect(condition, words):
    if not condition:
        problems.append(words)


def compiles(folder, out, text, *flags):
    source = pathlib.Path(out) / 'plugin.c'
    source.write_text(text, encoding='utf-8')
    command = [compiler, '-std=c11', '-fsyntax-only', '-Werror', *flags, '-DCPLUG_PLUGIN_BUILD', f'-I{folder}/include', f'-I{out}', str(source)]
    return subprocess.run(command, capture_output=True, text=True).returncode == 0


with tempfile.TemporaryDirectory() as temporary:
    temporary = pathlib.Path(temporary)
    again = temporary / 'again'
    expect(run(core, again).returncode == 0, 'a plain run fails')
    for name in ('api_table.h', 'api_fill.h'):
        expect((again / name).read_text() == (generated / name).read_text(), f'{name} of the build is not what a rerun makes')

    before = (again / 'api_table.h').stat().st_mtime_ns
    run(core, again)
    expect((again / 'api_table.h').stat().st_mtime_ns == before, 'an unchanged output was written again')

    # A prototype that api.order does not know is an error until a developer appends it; then its slot is the last one.
    copy, out = temporary / 'core', temporary / 'out' / 'cplug'
    shutil.copytree(core / 'include', copy / 'include')
    shutil.copy(core / 'api.order', copy / 'api.order')
    header = copy / 'include' / 'cplug' / 'context.h'
    text = header.read_text()
    header.write_text(text.replace('/* ---- scopes ---- */', 'CPLUG_API int32_t cplug_brand_new(cplug_context *ctx);\n/* ---- scopes ---- */'))
    missing = run(copy, out)
    expect(missing.returncode != 0 and 'cplug_brand_new' in missing.stderr, 'a new prototype is not refused')
    expect(run(copy, None, '--update').returncode == 0, '--update fails')
    order = (copy / 'api.order').read_text().splitlines()
    expect(order[-1].split()[1] == 'cplug_brand_new', 'a new prototype is not appended at the end')
    expect(order[:-1] == (core / 'api.order').read_text().splitlines(), 'old lines moved')

    # As if it came with the next minor: hidden from a plugin that aims at this one.
    order[-1] = f'{int(order[0].split()[0]) + 1} cplug_brand_new'
    (copy / 'api.order').write_text('\n'.join(order) + '\n')
    expect(run(copy, out).returncode == 0, 'a run with two minors fails')
    use = '#include <cplug/cplug.h>\nCPLUG_USE_API;\nint f(cplug_context *c);\nint f(cplug_context *c) { return cplug_brand_new(c); }\n'
    load = '#include <cplug/cplug.h>\nCPLUG_USE_API;\nint f(const cplug_host *h);\nint f(const cplug_host *h) { return CPLUG_IMPORT_API(h); }\n'
    minor = int(order[-1].split()[0])
    where = temporary / 'out'
    expect(compiles(copy, where, use, f'-DCPLUG_TARGET_MINOR={minor}'), 'a new function cannot be used')
    expect(not compiles(copy, where, use, f'-DCPLUG_TARGET_MINOR={minor - 1}'), 'a function newer than CPLUG_TARGET_MINOR can be used')
    expect(compiles(copy, where, load, f'-DCPLUG_TARGET_MINOR={minor - 1}'), 'the table cannot be imported')

    # Gone is an error too.
    header.write_text(text.replace('CPLUG_API const char *cplug_version(void);', ''))
    gone = run(copy, out)
    expect(gone.returncode != 0 and 'cplug_version' in gone.stderr, 'a prototype that is gone is not refused')

print('\n'.join(problems) or 'api.order holds')
sys.exit(1 if problems else 0)
