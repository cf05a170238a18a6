/* classes.c: the names of the classes that a model tells apart: of the data set's target, or kept with the weights, so that predictions
 * have words without the data.  In a file of weights they are lines; a line end or a backslash in a name is written \n or \\. */
#include "run.h"

/* Losses whose target is a class number; others say so by [model] target_dtype. */
static const char *const class_losses[] = { "cross_entropy", "nll" };

bool cplug__predicts_classes(const cplug_run *r)
{
    const int64_t declared = r->plan.model.target_dtype; /* 0: auto */
    if (declared > 0) return !cplug_dtype_is_float(cplug__plan_dtype(declared - 1));
    for (uint32_t i = 0; i < CPLUG_COUNT(class_losses) && r->plan.loss != NULL; i++)
        if (strcmp(r->plan.loss->id, class_losses[i]) == 0) return true;
    return false;
}

static const cplug_field *target_field(const cplug_run *r)
{
    for (uint32_t k = 0; k < N_DATA; k++)
        for (uint32_t f = 0; r->data[k] != NULL && f < cplug_data_n_fields(r->data[k]); f++) {
            const cplug_field *field = cplug_data_field(r->data[k], f);
            if (field->classes != NULL) return field;
        }
    return NULL;
}

/* One line without its escapes. */
static const char *unescape(cplug_run *r, const char *line, size_t n)
{
    str name = { 0 };
    for (size_t i = 0; i < n; i++) {
        const bool escape = line[i] == '\\' && i + 1 < n;
        i += escape;
        cplug__str_put(&name, escape && line[i] == 'n' ? "\n" : &line[i], 1);
    }
    const char *out = cplug__pool_copy(&r->pool, cplug__str_text(&name), name.n);
    cplug__str_free(&name);
    return out;
}

const char *cplug__class_name(cplug_run *r, int64_t k)
{
    const cplug_field *f = target_field(r);
    if (f != NULL) return k >= 0 && k < f->n_classes ? f->classes[k] : NULL;
    const char *p = r->classes;
    for (int64_t i = 0; p != NULL && i < k; i++) {
        p = strchr(p, '\n');
        p = p != NULL ? p + 1 : NULL;
    }
    return k >= 0 && p != NULL && *p ? unescape(r, p, strcspn(p, "\n")) : NULL;
}

void cplug__classes_text(cplug_run *r, str *out)
{
    const char *name;
    for (int64_t k = 0; (name = cplug__class_name(r, k)) != NULL; k++) {
        for (; *name; name++) {
            if (*name == '\n' || *name == '\\') cplug__str_put(out, "\\", 1);
            cplug__str_put(out, *name == '\n' ? "n" : name, 1);
        }
        cplug__str_put(out, "\n", 1);
    }
}

cplug_status cplug__classes_agree(cplug_run *r, const cplug_data *d)
{
    str now = { 0 };
    const cplug_field *f = target_field(r);
    if (r->classes == NULL || f == NULL || d == NULL || r->dir[0]) return CPLUG_OK; /* r->dir: trained on these data since */
    cplug__classes_text(r, &now);
    const bool same = strcmp(cplug__str_text(&now), r->classes) == 0;
    cplug__str_free(&now);
    if (same) return CPLUG_OK;
    const char *kept = r->classes, *end = strchr(kept, '\n');
    return cplug__run_fail(
        r, CPLUG_RUN_FILE,
        "the weights were trained on other classes than the data have: '%.*s', ... and '%s', ...: class numbers would not "
        "agree; where a file lacks a class, the data set's option classes names all of them in order",
        end != NULL ? (int)(end - kept) : (int)strlen(kept), kept, f->n_classes > 0 ? f->classes[0] : "");
}
