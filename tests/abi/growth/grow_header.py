"""Makes the header of a later minor version out of cplug/plugin.h, by the rules that growth has to follow: fields go to the end of
structs, the minor version goes up.

    grow_header.py PLUGIN_H OUTPUT"""
import pathlib
import re
import sys

GROWN = {
    'cplug_option': 'const char *added;',
    'cplug_view': 'uint64_t added;',
    'cplug_call': 'uint64_t added;',
    'cplug_support': 'const char *added;',
    'cplug_plan': 'uint64_t added;',
    'cplug_kernel': 'const char *added;',
    'cplug_scheduler_type': 'const char *added;',
    'cplug_progress': 'double added;',
    'cplug_plugin': 'const char *added;',
    'cplug_host': 'int64_t (*added)(void);',
}

source, output = map(pathlib.Path, sys.argv[1:])
text = source.read_text(encoding='utf-8')
text, n = re.subn(r'#define CPLUG_ABI_MINOR (\d+)', lambda m: f'#define CPLUG_ABI_MINOR {int(m.group(1)) + 1}', text)
assert n == 1
for name, field in GROWN.items():
    end = r'\n\};' if name == 'cplug_host' else r'\n\} ' + name + ';'
    pattern = r'(struct ' + name + r' \{.*?)(' + end + ')'
    text, n = re.subn(pattern, lambda m: f'{m.group(1)}\n    {field}{m.group(2)}', text, count=1, flags=re.S)
    assert n == 1, name
# The entry's initialiser names every field.
text, n = re.subn(r'init_,\s*NULL(\s*\\?\s*\})', r'init_, NULL, "added"\1', text)
assert n == 1
if not output.exists() or output.read_text(encoding='utf-8') != text:
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(text, encoding='utf-8')
