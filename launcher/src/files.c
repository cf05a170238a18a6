/* files.c: small files and directories that survive a crash: written under another name, made durable, renamed (Pillai et al., OSDI 2014);
 * checksums; and what to tell a person when the file system says no. */
#include "keep.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

bool cplug__path_make(const char *path)
{
    char part[PATH_MAX];
    const size_t n = strlen(path);
    if (n >= sizeof part) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(part, path, n + 1);
    for (char *p = part + (n > 0); *p; p++) {
        if (*p != '/') continue;
        *p = '\0';
        if (mkdir(part, 0777) != 0 && errno != EEXIST) return false;
        *p = '/';
    }
    return mkdir(part, 0777) == 0 || errno == EEXIST;
}

/* ---- writing ---- */
bool cplug__file_write(int fd, const char *text, uint64_t n)
{
    while (n > 0) {
        const ssize_t put = write(fd, text, n < INT_MAX ? (size_t)n : INT_MAX);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return false;
        text += put;
        n -= (uint64_t)put;
    }
    return true;
}

/* Some file systems cannot sync a directory and say EINVAL. */
static bool sync_fd(int fd) { return fsync(fd) == 0 || errno == EINVAL; }

/* Closes in any case; errno is that of the first failure. */
static bool close_fd(int fd, bool ok)
{
    const int before = errno;
    const bool closed = close(fd) == 0 || errno == EINTR;
    if (!ok) errno = before;
    return ok && closed;
}

bool cplug__file_create(const char *path, const char *text, uint64_t n)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0) return false;
    return close_fd(fd, cplug__file_write(fd, text, n) && sync_fd(fd));
}

bool cplug__folder_sync(const char *path)
{
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return false;
    return close_fd(fd, sync_fd(fd));
}

bool cplug__file_replace(const char *path, const char *text, uint64_t n)
{
    char folder[PATH_MAX], fresh[PATH_MAX];
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
    const int length = slash == NULL ? 1 : slash == path ? 1 : (int)(slash - path);
    if (snprintf(folder, sizeof folder, "%.*s", length, slash != NULL ? path : ".") >= (int)sizeof folder ||
        snprintf(fresh, sizeof fresh, "%s/.tmp-%s", folder, name) >= (int)sizeof fresh) {
        errno = ENAMETOOLONG;
        return false;
    }
    if (unlink(fresh) != 0 && errno != ENOENT) return false;
    if (cplug__file_create(fresh, text, n) && rename(fresh, path) == 0) return cplug__folder_sync(folder);
    const int before = errno;
    unlink(fresh);
    errno = before;
    return false;
}

void cplug__folder_remove(const char *path)
{
    char file[PATH_MAX];
    DIR *d = opendir(path);
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
            snprintf(file, sizeof file, "%s/%s", path, e->d_name) < (int)sizeof file)
            unlink(file);
    if (d != NULL) closedir(d);
    rmdir(path);
}

/* ---- reading ---- */
static int64_t read_some(int fd, void *into, uint64_t n)
{
    ssize_t got;
    do got = read(fd, into, (size_t)n);
    while (got < 0 && errno == EINTR);
    return got;
}

char *cplug__file_text(pool *p, const char *path, uint64_t most)
{
    struct stat st;
    char *text = NULL;
    uint64_t n = 0;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return NULL;
    const bool good = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size <= most;
    if (!good) errno = EINVAL;
    if (good) text = cplug__pool_alloc(p, (uint64_t)st.st_size + 1);
    while (text != NULL && n < (uint64_t)st.st_size) {
        const int64_t got = read_some(fd, text + n, (uint64_t)st.st_size - n);
        if (got < 0) text = NULL;
        if (got <= 0) break;
        n += (uint64_t)got;
    }
    close_fd(fd, false);
    return text;
}

/* CRC-32 of ISO 3309, eight bytes at a time (Kounavis and Berry 2005): table[k][b] is byte b followed by k zero bytes. */
typedef struct crc_tables {
    uint32_t at[8][256];
} crc_tables;

static void make_tables(crc_tables *t)
{
    for (uint32_t b = 0; b < 256; b++) {
        uint32_t c = b;
        for (int k = 0; k < 8; k++) c = c & 1 ? 0xedb88320u ^ c >> 1 : c >> 1;
        t->at[0][b] = c;
    }
    for (uint32_t k = 1; k < 8; k++)
        for (uint32_t b = 0; b < 256; b++) t->at[k][b] = t->at[0][t->at[k - 1][b] & 255] ^ t->at[k - 1][b] >> 8;
}

static uint32_t crc_over(const crc_tables *t, uint32_t crc, const uint8_t *p, uint64_t n)
{
    uint32_t c = ~crc;
    for (; n >= 8; n -= 8, p += 8) {
        c ^= (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
        c = t->at[7][c & 255] ^ t->at[6][c >> 8 & 255] ^ t->at[5][c >> 16 & 255] ^ t->at[4][c >> 24] ^ t->at[3][p[4]] ^ t->at[2][p[5]] ^
            t->at[1][p[6]] ^ t->at[0][p[7]];
    }
    for (; n > 0; n--, p++) c = t->at[0][(c ^ *p) & 255] ^ c >> 8;
    return ~c;
}

uint32_t cplug__crc32(uint32_t crc, const void *bytes, uint64_t n)
{
    crc_tables t;
    make_tables(&t);
    return crc_over(&t, crc, bytes, n);
}

bool cplug__file_sum(const char *path, int64_t *bytes, uint32_t *crc)
{
    enum { PIECE = 1 << 16 };
    uint8_t piece[PIECE];
    crc_tables t;
    int64_t got;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return false;
    make_tables(&t);
    *bytes = 0;
    *crc = 0;
    while ((got = read_some(fd, piece, PIECE)) > 0) {
        *crc = crc_over(&t, *crc, piece, (uint64_t)got);
        *bytes += got;
    }
    return close_fd(fd, got == 0);
}

/* ---- words ---- */
const char *cplug__advice(const char *message, const char *dir)
{
    static const char gone[] = "the directory is gone: leave it where it is while training runs";
    static const struct {
        int code;
        const char *words;
    } table[] = {
        { ENOSPC, "free some space on its disk" },
        { EDQUOT, "free some space: the quota is used up" },
        { EACCES, "make the directory writable" },
        { EPERM, "make the directory writable" },
        { EROFS, "the file system is read-only: mount it for writing" },
        { EIO, "the disk may be damaged: see the system's log" },
        { ENOENT, gone },
        { EMFILE, "raise the limit of open files, ulimit -n" },
        { ENFILE, "close other programs: the system has no file handles left" },
        { ENAMETOOLONG, "use a shorter path" },
    };
    if (access(dir, F_OK) != 0) return gone;
    for (uint32_t i = 0; i < CPLUG_COUNT(table); i++)
        if (strstr(message, strerror(table[i].code)) != NULL) return table[i].words;
    return "check the directory and its disk";
}
