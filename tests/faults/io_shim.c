/* io_shim.c: a library for LD_PRELOAD that lets one call that writes fail: IO_SHIM_PREFIX says below which path calls count, IO_SHIM_FAIL
 * which of them fails (0: none), IO_SHIM_ERRNO how, IO_SHIM_SHORT=1 lets a failing write put half of its bytes first.  At its end the
 * process writes the number of calls to IO_SHIM_COUNT, and the name of the one that failed. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static long calls, fail_at, code;
static const char *prefix, *count_file, *failed = "";
static bool cut;
static __thread bool inside; /* looking up a path must not count */

#define REAL(name_) (__extension__(__typeof__(&name_)) dlsym(RTLD_NEXT, #name_))

static void report(void)
{
    inside = true;
    FILE *f = count_file != NULL ? fopen(count_file, "w") : NULL;
    if (f == NULL) return;
    fprintf(f, "%ld %s\n", calls, failed);
    fclose(f);
}

__attribute__((constructor)) static void begin(void)
{
    const char *at = getenv("IO_SHIM_FAIL"), *how = getenv("IO_SHIM_ERRNO");
    prefix = getenv("IO_SHIM_PREFIX");
    count_file = getenv("IO_SHIM_COUNT");
    cut = getenv("IO_SHIM_SHORT") != NULL;
    fail_at = at != NULL ? atol(at) : 0;
    code = how != NULL ? atol(how) : ENOSPC;
    atexit(report);
}

/* Counts a call on a path; true when it is the one to fail. */
static bool fails(const char *call, const char *path)
{
    char real[PATH_MAX];
    if (inside || prefix == NULL || path == NULL) return false;
    if (path[0] != '/') {
        if (getcwd(real, sizeof real) == NULL || strlen(real) + strlen(path) + 2 > sizeof real) return false;
        strcat(real, "/");
        path = strcat(real, path);
    }
    if (strncmp(path, prefix, strlen(prefix)) != 0 || ++calls != fail_at) return false;
    failed = call;
    errno = (int)code;
    return true;
}

static bool fd_fails(const char *call, int fd)
{
    char link[64], path[PATH_MAX];
    const int before = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const ssize_t n = readlink(link, path, sizeof path - 1);
    errno = before;
    if (n <= 0) return false;
    path[n] = '\0';
    return fails(call, path);
}

#pragma GCC visibility push(default)
/* Reading may fail too, but is no part of a save: only opens that write, and those of directories, which are synced, count. */
static bool open_fails(const char *path, int flags) { return (flags & (O_WRONLY | O_RDWR | O_DIRECTORY)) && fails("open", path); }

int open(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    const mode_t mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
    va_end(args);
    return open_fails(path, flags) ? -1 : REAL(open)(path, flags, mode);
}
int open64(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    const mode_t mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
    va_end(args);
    return open_fails(path, flags) ? -1 : REAL(open64)(path, flags, mode);
}
FILE *fopen(const char *path, const char *mode) { return strpbrk(mode, "wa+") && fails("fopen", path) ? NULL : REAL(fopen)(path, mode); }

static size_t share(size_t n) { return cut ? n / 2 : 0; }
ssize_t write(int fd, const void *bytes, size_t n)
{
    if (!fd_fails("write", fd)) return REAL(write)(fd, bytes, n);
    if (share(n)) (void)!REAL(write)(fd, bytes, share(n));
    errno = (int)code;
    return -1;
}
ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at)
{
    if (!fd_fails("pwrite", fd)) return REAL(pwrite)(fd, bytes, n, at);
    if (share(n)) (void)!REAL(pwrite)(fd, bytes, share(n), at);
    errno = (int)code;
    return -1;
}
ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at)
{
    if (!fd_fails("pwrite", fd)) return REAL(pwrite64)(fd, bytes, n, at);
    if (share(n)) (void)!REAL(pwrite64)(fd, bytes, share(n), at);
    errno = (int)code;
    return -1;
}
int fsync(int fd) { return fd_fails("fsync", fd) ? -1 : REAL(fsync)(fd); }
int fdatasync(int fd) { return fd_fails("fdatasync", fd) ? -1 : REAL(fdatasync)(fd); }
int ftruncate(int fd, off_t n) { return fd_fails("ftruncate", fd) ? -1 : REAL(ftruncate)(fd, n); }
int ftruncate64(int fd, off64_t n) { return fd_fails("ftruncate", fd) ? -1 : REAL(ftruncate64)(fd, n); }
int close(int fd) /* a close that fails has closed */
{
    const bool fail = fcntl(fd, F_GETFL) != -1 && (fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDONLY && fd_fails("close", fd);
    const int done = REAL(close)(fd);
    if (fail) errno = (int)code;
    return fail ? -1 : done;
}
int rename(const char *from, const char *to) { return fails("rename", to) ? -1 : REAL(rename)(from, to); }
int renameat2(int a, const char *from, int b, const char *to, unsigned flags)
{
    return fails("renameat2", to) ? -1 : REAL(renameat2)(a, from, b, to, flags);
}
int mkdir(const char *path, mode_t mode) { return fails("mkdir", path) ? -1 : REAL(mkdir)(path, mode); }
int unlink(const char *path) { return fails("unlink", path) ? -1 : REAL(unlink)(path); }
int rmdir(const char *path) { return fails("rmdir", path) ? -1 : REAL(rmdir)(path); }
#pragma GCC visibility pop
