"""The binary layout of cplug/plugin.h, compared with the checked-in one.

    layout.py CC INCLUDE_DIR GOLDEN [--update | --may-grow]

Prints sizeof and every offsetof of every struct.  Within a major version the golden file only gains lines: a field that moved, shrank
or went away breaks plugins that exist."""
import pathlib
import re
import subprocess
import sys
import tempfile


def structs(text):
    """name -> fields, from 'typedef struct NAME { ... } NAME;' and 'struct cplug_host { ... };'"""
    text = re.sub(r'/\*.*?\*/', ' ', text, flags=re.S)
    text = re.sub(r'^\s*#.*(\\\n.*)*$', '', text, flags=re.M)
    text = re.sub(r'\bunion\s*\{[^{}]*\}', 'union_', text)
    for match in re.finditer(r'(typedef\s+)?(?:struct|union)\s+(cplug_\w+)\s*\{(.*?)\n?\}\s*(\w*)\s*;', text, flags=re.S):
        typedef, name, body, alias = match.groups()
        yield (alias if typedef else f'struct {name}'), list(fields(body))


def fields(body):
    for declaration in body.split(';'):
        declaration = re.sub(r'CPLUG_PRINTF\(\d, \d\)', '', declaration).strip()
        function = re.search(r'\(\s*\*\s*(\w+)\s*\)\s*\(', declaration)
        if function:
            yield function.group(1)
        elif declaration:
            for part in declaration.split(','):
                yield re.search(r'(\w+)\s*(\[\w+\])?$', part.strip()).group(1)


def program(text):
    lines = ['#include <cplug/plugin.h>', '#include <stdio.h>', 'int main(void)', '{']
    for name, members in structs(text):
        lines.append(f'    printf("{name} size %zu\\n", sizeof({name}));')
        lines += [f'    printf("{name}.{m} at %zu size %zu\\n", offsetof({name}, {m}), sizeof((({name} *)0)->{m}));' for m in members]
    for name in sorted(set(re.findall(r'\b(CPLUG_[A-Z0-9_]+)\s*=\s*-?\d', text))):
        lines.append(f'    printf("{name} = %lld\\n", (long long){name});')
    return '\n'.join(lines + ['    return 0;', '}', ''])


def main(compiler, include, golden, flag=None):
    text = (pathlib.Path(include) / 'cplug' / 'plugin.h').read_text(encoding='utf-8')
    with tempfile.TemporaryDirectory() as folder:
        source, binary = pathlib.Path(folder) / 'layout.c', pathlib.Path(folder) / 'layout'
        source.write_text(program(text), encoding='utf-8')
        subprocess.run([compiler, '-std=c11', f'-I{include}', str(source), '-o', str(binary)], check=True)
        have = subprocess.run([str(binary)], check=True, capture_output=True, text=True).stdout
    path = pathlib.Path(golden)
    if flag == '--update':
        path.write_text(have, encoding='utf-8')
        return 0
    wanted, now = path.read_text(encoding='utf-8').splitlines(), have.splitlines()
    lost = [line for line in wanted if line not in set(now) and not re.search(r' size \d+$', line.split(' at ')[0])]
    shrunk = [line for line in wanted if (m := re.fullmatch(r'(.*) size (\d+)', line)) and ' at ' not in line
              and not any(n.startswith(m.group(1) + ' size ') and int(n.split()[-1]) >= int(m.group(2)) for n in now)]
    new = [line for line in now if line not in set(wanted)]
    if lost or shrunk:
        print('these lines of the golden layout do not hold any more; plugins that exist would break:', *lost, *shrunk, sep='\n  ')
    elif new and flag != '--may-grow':
        print('new in the layout; if it is right, run layout.py ... --update:', *new, sep='\n  ')
    else:
        print(f'{len(now)} lines of layout, {len(new)} of them new')
        return 0
    return 1


sys.exit(main(*sys.argv[1:]))
