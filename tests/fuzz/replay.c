/* replay.c: without libFuzzer, the same targets over files and folders of files: each is one input. */
#include "fuzz.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static int one(const char *path)
{
    FILE *f = fopen(path, "rb");
    struct stat s;
    if (!f || fstat(fileno(f), &s) != 0) return fprintf(stderr, "%s cannot be read\n", path), 0;
    uint8_t *data = malloc((size_t)s.st_size + 1);
    const size_t n = data ? fread(data, 1, (size_t)s.st_size, f) : 0;
    fclose(f);
    LLVMFuzzerTestOneInput(data, n);
    for (size_t cut = n; cut-- > 0;) { /* and cut off everywhere, and with each byte changed */
        LLVMFuzzerTestOneInput(data, cut);
        data[cut] ^= 0x5A;
        LLVMFuzzerTestOneInput(data, n);
        data[cut] ^= 0x5A;
    }
    free(data);
    return 1 + 2 * (int)n;
}

int main(int argc, char **argv)
{
    int n = 0, files = 0;
    char path[1024];
    LLVMFuzzerInitialize(&argc, &argv);
    for (int i = 1; i < argc; i++) {
        DIR *d = opendir(argv[i]);
        if (!d) files++, n += one(argv[i]);
        for (struct dirent *e; d && (e = readdir(d)) != NULL;) {
            if (e->d_name[0] == '.') continue;
            snprintf(path, sizeof path, "%s/%s", argv[i], e->d_name);
            files++, n += one(path);
        }
        if (d) closedir(d);
    }
    printf("%d inputs from %d files\n", n, files);
    return files == 0;
}
