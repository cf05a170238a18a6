"""Every public header compiles alone, as C and as C++, without a warning; structs have no holes.

    headers.py INCLUDE_DIR GENERATED_DIR COMPILER ...

A compiler whose name holds ++ is taken for C++.  cplug.h is also compiled as a high-tier plugin sees it."""
import pathlib
import subprocess
import sys
import tempfile

FLAGS = ['-Wall', '-Wextra', '-Wpedantic', '-Wshadow', '-Wpadded', '-Werror', '-fsyntax-only']


def main(include, generated, *compilers):
    headers = sorted(path.name for path in (pathlib.Path(include) / 'cplug').glob('*.h'))
    cases = [(name, []) for name in headers] + [('cplug.h', ['-DCPLUG_PLUGIN_BUILD']), ('cplug.h', ['-DCPLUG_PLUGIN_BUILD', '-DCPLUG_STATIC'])]
    failed = done = 0
    with tempfile.TemporaryDirectory() as folder:
        for compiler in dict.fromkeys(compilers):
            cpp = '++' in pathlib.Path(compiler).name
            source = pathlib.Path(folder) / ('alone.cpp' if cpp else 'alone.c')
            for name, defines in cases:
                use = 'CPLUG_USE_API;\n' if defines else ''
                source.write_text(f'#include <cplug/{name}>\n#include <cplug/{name}>\n{use}extern int nothing;\n', encoding='utf-8')
                for standard in ('c++11', 'c++20') if cpp else ('c11', 'c17'):
                    run = subprocess.run([compiler, f'-std={standard}', *FLAGS, *defines, f'-I{include}', f'-I{generated}', str(source)],
                                         capture_output=True, text=True)
                    done += 1
                    if run.returncode:
                        failed += 1
                        print(f'{name} as {standard} by {compiler} {" ".join(defines)}:\n{run.stderr[:3000]}')
    print(f'{done - failed} of {done} compilations are clean')
    return 1 if failed else 0


sys.exit(main(*sys.argv[1:]))
