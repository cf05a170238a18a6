"""What shared objects show to the world.

    exports.py LIBCPLUG PLUGIN_DIR API_ORDER

libcplug exports the functions of core/api.order, which only grows, and nothing else.  A plugin exports exactly one
symbol, does not need libcplug, leaves no cplug_* name open, has no text relocations, no executable stack and no search path of its
own."""
import pathlib
import re
import subprocess
import sys


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def symbols(path, *flags):
    lines = output('nm', '-D', *flags, path).splitlines()
    return [(line.split()[-2], line.split()[-1].split('@')[0]) for line in lines if line.strip()]


def check_library(path, api_order):
    names = [name for kind, name in symbols(path, '--defined-only')]
    golden = [line.split()[1] for line in pathlib.Path(api_order).read_text(encoding='utf-8').splitlines()]
    wrong, missing = sorted(set(names) - set(golden)), sorted(set(golden) - set(names))
    if wrong:
        yield f'{path}: exports {" ".join(wrong)}'
    if missing:
        yield f'{path}: does not export {" ".join(missing)}'


def check_plugin(path):
    names = [name for kind, name in symbols(path, '--defined-only')]
    if names != ['cplug_plugin_v0']:
        yield f'{path}: exports {" ".join(names) or "nothing"}, expected cplug_plugin_v0 alone'
    kinds = [kind for kind, name in symbols(path, '--defined-only')]
    if any(kind not in 'RDr' for kind in kinds):
        yield f'{path}: its entry is not data: {" ".join(kinds)}'
    undefined = [name for kind, name in symbols(path, '--undefined-only') if name.startswith('cplug')]
    if undefined:
        yield f'{path}: leaves open {" ".join(undefined)}'
    dynamic = output('readelf', '-d', path)
    for pattern, words in ((r'NEEDED.*libcplug', 'needs libcplug'), (r'TEXTREL', 'has text relocations'), (r'\((RUNPATH|RPATH)\)', 'has a search path')):
        if re.search(pattern, dynamic):
            yield f'{path}: {words}'
    stack = re.search(r'GNU_STACK.*?\n?.*?(RWE|RW)\b', output('readelf', '-lW', path))
    if stack and stack.group(1) == 'RWE':
        yield f'{path}: asks for an executable stack'


def main(library, plugin_dir, api_order):
    plugins = sorted(pathlib.Path(plugin_dir).glob('cplug-*.so'))
    problems = list(check_library(library, api_order)) + [problem for plugin in plugins for problem in check_plugin(str(plugin))]
    if not plugins:
        problems.append(f'{plugin_dir}: no plugins')
    print('\n'.join(problems) or f'{len(plugins)} plugins are in order')
    return 1 if problems else 0


sys.exit(main(*sys.argv[1:]))
