/* scratch.h: a folder of its own for a test program, with a blank in its path; files in it go with it. */
#ifndef TEST_SCRATCH_H
#define TEST_SCRATCH_H
#include "support.h"
#include <dirent.h>
#include <unistd.h>

static char scratch_folder[256], scratch_path[512];

/* The path of a file there, until the next call. */
static const char *in_folder(const char *name)
{
    snprintf(scratch_path, sizeof scratch_path, "%s/%s", scratch_folder, name);
    return scratch_path;
}

/* Group set-up and tear-down. */
static int make_folder(void **state)
{
    (void)state;
    snprintf(scratch_folder, sizeof scratch_folder, "%s/cplug test-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : P_tmpdir);
    return mkdtemp(scratch_folder) ? 0 : -1;
}

/* Removes the files; returns how many there were. */
static int clean(void)
{
    int n = 0;
    DIR *d = opendir(scratch_folder);
    for (struct dirent *f; d && (f = readdir(d)) != NULL;) {
        if (strcmp(f->d_name, ".") == 0 || strcmp(f->d_name, "..") == 0) continue;
        remove(in_folder(f->d_name));
        n++;
    }
    if (d) closedir(d);
    return n;
}

static int remove_folder(void **state)
{
    (void)state;
    clean();
    return rmdir(scratch_folder);
}

static void put_file(const char *name, const void *data, size_t n)
{
    FILE *f = fopen(in_folder(name), "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}
#endif
