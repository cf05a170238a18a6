"""Who may include whom, and what core may not know (the arrows of the house).

    arrows.py SOURCE_DIR

plugins and data sets include <cplug/*.h> but not the host's launcher.h, and no header of core's inside; tools, launcher and examples
see public headers only; core includes nothing from outside and names no component."""
import pathlib
import re
import sys

# "cpu" is core's device; the others are plain words that core says for another reason: initialisations, views, documentation of ops.
WORDS = {'cpu', 'constant', 'cosine', 'scale', 'step'}
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.M)
CODE = ('*.c', '*.h', '*.cu', '*.cuh', '*.cpp')
# Order inside core; `plugin` stands beside the rest on base.
TIERS = ['base', 'tensor', 'op', 'dispatch', 'autograd', 'module', 'data', 'train']


def files(root, *folders):
    for folder in folders:
        for pattern in CODE:
            yield from sorted((root / folder).rglob(pattern))


def check_outside(root):
    inside = {path.name for path in files(root, 'core/src')} | {f'{path.parent.name}/{path.name}' for path in files(root, 'core/src')}
    for path in files(root, 'plugins', 'datasets', 'launcher', 'tools', 'examples', 'benchmarks'):
        component = path.relative_to(root).parts[0] in ('plugins', 'datasets')
        for name in INCLUDE.findall(path.read_text(encoding='utf-8')):
            own = (path.parent / name).exists()
            if 'core/src' in name or (name in inside and not own):
                yield f'{path.relative_to(root)}: includes {name}, which is inside of core'
            if component and name == 'cplug/launcher.h':
                yield f'{path.relative_to(root)}: a component includes the launcher'
            if component and '../' in name and not (path.parent / name).resolve().is_relative_to(root / path.relative_to(root).parts[0]):
                yield f'{path.relative_to(root)}: reaches out of its folder: {name}'


def check_core_includes(root):
    public = {f'cplug/{path.name}' for path in (root / 'core/include/cplug').glob('*.h')} | {'cplug/api_table.h', 'cplug/api_fill.h'}
    for path in files(root, 'core'):
        for name in INCLUDE.findall(path.read_text(encoding='utf-8')):
            if name.startswith('cplug/') and name not in public:
                yield f'{path.relative_to(root)}: core includes {name}'
            if name.split('/')[0] in ('plugins', 'datasets', 'launcher', 'tools', '..'):
                yield f'{path.relative_to(root)}: core includes {name}'
    for path in files(root, 'core/include'):
        for name in INCLUDE.findall(path.read_text(encoding='utf-8')):
            if path.name == 'plugin.h' and name not in ('stddef.h', 'stdint.h'):
                yield f'plugin.h stands alone, but includes {name}'


def component_ids(root):
    """Ids that plugins and data sets register, from their manifests' provides, less those that are also op names or plain words."""
    ids = set()
    for path in files(root, 'plugins', 'datasets'):
        text = re.sub(r'"\s*(\\\s*)?\n\s*"', '', path.read_text(encoding='utf-8'))
        for kind, name in re.findall(r'\b(module|loss|optimizer|scheduler|metric|transform|callback|dataset|format|backend):([a-z0-9_.]+)', text):
            ids.add((kind, name))
    return ids


def check_core_names(root):
    ops = set(re.findall(r'X\((\w+)\)', (root / 'core/src/op/op.h').read_text(encoding='utf-8')))
    ops |= set(re.findall(r'\bcplug_(\w+)\(', (root / 'core/include/cplug/ops.h').read_text(encoding='utf-8')))
    allowed = ops | WORDS
    names = {name for kind, name in component_ids(root) if name not in allowed}
    for path in files(root, 'core'):
        text = re.sub(r'/\*.*?\*/', lambda m: '\n' * m.group().count('\n'), path.read_text(encoding='utf-8'), flags=re.S)
        for number, line in enumerate(text.splitlines(), 1):
            for literal in re.findall(r'"((?:[^"\\]|\\.)*)"', line):
                if literal in names:
                    yield f'{path.relative_to(root)}:{number}: core names the component "{literal}"'


def check_tiers(root):
    for path in files(root, 'core/src'):
        tier = path.parent.name
        for name in INCLUDE.findall(path.read_text(encoding='utf-8')):
            other = name.split('/')[0]
            if path.suffix == '.h' and tier in TIERS and other in TIERS and '/' in name and TIERS.index(other) > TIERS.index(tier) + 1:
                yield f'{path.relative_to(root)}: {tier} stands below {other}, but includes {name}'


def main(root):
    root = pathlib.Path(root).resolve()
    problems = [*check_outside(root), *check_core_includes(root), *check_core_names(root), *check_tiers(root)]
    print('\n'.join(problems) or f'the arrows hold; {len(component_ids(root))} component ids that core does not name')
    return 1 if problems else 0


sys.exit(main(*sys.argv[1:]))
