/* print.c: a module as PyTorch prints it (torch.nn.Module.__repr__): class name, extra text, children indented by two. */
#include "base/mode.h"
#include "module/module.h"

static void add_indent(cplug__text *t, uint32_t depth) { cplug__text_add(t, "%*s", (int)(2 * depth), ""); }

static void print_module(cplug__text *t, const cplug_module *m, uint32_t depth)
{
    char extra[1024] = "";
    if (m->type->describe) m->type->describe(m, m->self, extra, sizeof extra);
    cplug__text_add(t, "%s(", m->type->class_name ? m->type->class_name : m->type->id);
    const bool lines = m->n_children || strchr(extra, '\n');
    if (!lines) cplug__text_add(t, "%s", extra);
    for (const char *line = extra; lines && *line;) {
        const size_t n = strcspn(line, "\n");
        cplug__text_add(t, "\n");
        add_indent(t, depth + 1);
        cplug__text_put(t, line, n);
        line += n + (line[n] == '\n');
    }
    for (uint32_t i = 0; i < m->n_children; i++) {
        cplug__text_add(t, "\n");
        add_indent(t, depth + 1);
        cplug__text_add(t, "(%s): ", m->children[i]->name);
        print_module(t, m->children[i], depth + 1);
    }
    if (lines) {
        cplug__text_add(t, "\n");
        add_indent(t, depth);
    }
    cplug__text_add(t, ")");
}
int64_t cplug_module_format(cplug_module *m, char *text, uint64_t size)
{
    CPLUG__OWN_MODE;
    if (text && size) text[0] = '\0';
    if (!m) return -1;
    cplug__text t = { 0 };
    print_module(&t, m, 0);
    int64_t length = -1;
    if (t.failed)
        cplug__nomem(m->ctx, "the text of a module");
    else {
        length = (int64_t)t.length;
        if (text && size) {
            const uint64_t n = MIN(t.length, size - 1);
            memcpy(text, t.at, n);
            text[n] = '\0';
        }
    }
    cplug__text_free(&t);
    return length;
}
