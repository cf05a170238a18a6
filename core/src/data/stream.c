/* stream.c: a file as formats see it.  Reading: a regular file of known size.  Writing: a temporary file in the folder of the target,
 * made durable and renamed over it only when everything is written, so that a crash leaves the old file or the new one, never half
 * (Pillai et al., OSDI 2014). */
#include "data/file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { AT_ONCE = 1 << 30, ATTEMPTS = 100 };

static cplug_status fail_errno(const cplug__stream *s, cplug_error *e, const char *what)
{
    int code = errno;
    return cplug__error_fill(e,
                             code == ENOENT   ? CPLUG_E_NOTFOUND
                             : code == ENOMEM ? CPLUG_E_NOMEM
                                              : CPLUG_E_IO,
                             "%s: %s: %s", s->path, what, strerror(code));
}

static cplug_status stream_read(void *self, void *dst, uint64_t n, cplug_error *e)
{
    cplug__stream *s = self;
    if (n > (uint64_t)(s->size - s->at))
        return cplug__error_fill(e, CPLUG_E_FORMAT, "%s: ends at byte %lld; %llu more were expected at byte %lld", s->path,
                                 (long long)s->size, (unsigned long long)n, (long long)s->at);
    for (char *p = dst; n > 0;) {
        ssize_t got = pread(s->fd, p, (size_t)MIN(n, AT_ONCE), s->at);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno(s, e, "cannot read");
        if (got == 0)
            return cplug__error_fill(e, CPLUG_E_IO, "%s: became shorter while it was read, at byte %lld", s->path, (long long)s->at);
        p += got;
        s->at += got;
        n -= (uint64_t)got;
    }
    return CPLUG_OK;
}

static cplug_status stream_write(void *self, const void *src, uint64_t n, cplug_error *e)
{
    cplug__stream *s = self;
    for (const char *p = src; n > 0;) {
        ssize_t put = pwrite(s->fd, p, (size_t)MIN(n, AT_ONCE), s->at);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) {
            int code = errno;
            return cplug__error_fill(e, CPLUG_E_IO, "%s: cannot write %llu bytes at byte %lld: %s", s->path, (unsigned long long)n,
                                     (long long)s->at, strerror(code));
        }
        p += put;
        s->at += put;
        n -= (uint64_t)put;
    }
    return CPLUG_OK;
}

static cplug_status stream_seek(void *self, int64_t at, cplug_error *e)
{
    cplug__stream *s = self;
    if (at < 0 || (!s->target && at > s->size))
        return cplug__error_fill(e, CPLUG_E_FORMAT, "%s: byte %lld is outside the file of %lld bytes", s->path, (long long)at,
                                 (long long)s->size);
    s->at = at;
    return CPLUG_OK;
}

static int64_t stream_size(void *self)
{
    const cplug__stream *s = self;
    struct stat st;
    return s->target ? (fstat(s->fd, &st) == 0 ? (int64_t)st.st_size : -1) : s->size;
}

static cplug_status prepare(cplug__stream *s, const char *path, cplug_error *e)
{
    *s = (cplug__stream){ .fd = -1 };
    s->path = cplug__strdup(path);
    if (!s->path) return cplug__error_fill(e, CPLUG_E_NOMEM, "out of memory for a file name");
    s->io = (cplug_stream_io){ .struct_size = sizeof s->io,
                               .self = s,
                               .name = s->path,
                               .read = stream_read,
                               .write = stream_write,
                               .seek = stream_seek,
                               .size = stream_size,
                               .host = cplug_host_table() };
    return CPLUG_OK;
}

cplug_status cplug__stream_open(cplug__stream *s, const char *path, cplug_error *e)
{
    struct stat st;
    cplug_status status = prepare(s, path, e);
    if (status != CPLUG_OK) return status;
    s->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not block us; regular files ignore the flag */
    if (s->fd < 0 || fstat(s->fd, &st) != 0)
        status = fail_errno(s, e, "cannot open");
    else if (!S_ISREG(st.st_mode))
        status = cplug__error_fill(e, CPLUG_E_IO, "%s: not a regular file", path);
    else
        s->size = st.st_size;
    if (status != CPLUG_OK) cplug__stream_close(s);
    return status;
}

/* The file that a rename must replace: behind links, and regular if it exists. */
static cplug_status find_target(cplug__stream *s, mode_t *mode, cplug_error *e)
{
    struct stat st;
    char *real = realpath(s->path, NULL);
    *mode = 0;
    s->target = cplug__strdup(real ? real : s->path);
    free(real);
    if (!s->target) return cplug__error_fill(e, CPLUG_E_NOMEM, "out of memory for a file name");
    if (stat(s->target, &st) != 0) return CPLUG_OK;
    if (!S_ISREG(st.st_mode)) return cplug__error_fill(e, CPLUG_E_IO, "%s: exists and is not a regular file", s->path);
    *mode = st.st_mode & 07777;
    return CPLUG_OK;
}

cplug_status cplug__stream_create(cplug__stream *s, const char *path, cplug_error *e)
{
    mode_t mode = 0;
    cplug_status status = prepare(s, path, e);
    if (status == CPLUG_OK) status = find_target(s, &mode, e);
    if (status != CPLUG_OK) goto fail;
    const char *slash = strrchr(s->target, '/');
    int folder = slash ? (int)(slash - s->target) + 1 : 0;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t word = (uint64_t)now.tv_nsec ^ (uint64_t)now.tv_sec << 30 ^ (uint64_t)getpid() << 48 ^ (uint64_t)(uintptr_t)s;
    for (int32_t i = 0; i < ATTEMPTS; i++) {
        uint32_t random[4];
        cplug__philox(word, (uint64_t)i, random);
        s->temporary = cplug__format("%.*s.%.200s.%08x.tmp", folder, s->target, s->target + folder, random[0]);
        if (!s->temporary) {
            status = cplug__error_fill(e, CPLUG_E_NOMEM, "out of memory for a file name");
            goto fail;
        }
        s->fd = open(s->temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (s->fd >= 0) {
            if (mode) (void)!fchmod(s->fd, mode); /* the new file keeps the old one's permissions where it may */
            return CPLUG_OK;
        }
        int code = errno;
        cplug__free(s->temporary);
        s->temporary = NULL;
        errno = code;
        if (code != EEXIST) break;
    }
    status = fail_errno(s, e, "cannot create a file in its folder");
fail:
    cplug__stream_close(s);
    return status;
}

static cplug_status sync_folder(const cplug__stream *s, cplug_error *e)
{
    const char *slash = strrchr(s->target, '/');
    char *folder = slash ? cplug__strndup(s->target, slash == s->target ? 1 : (uint64_t)(slash - s->target)) : cplug__strdup(".");
    if (!folder) return cplug__error_fill(e, CPLUG_E_NOMEM, "out of memory for a file name");
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cplug_status status = CPLUG_OK;
    if (fd < 0 || (fsync(fd) != 0 && errno != EINVAL))
        status = fail_errno(s, e, "cannot sync its folder"); /* EINVAL: it cannot be synced */
    if (fd >= 0) close(fd);
    cplug__free(folder);
    return status;
}

cplug_status cplug__stream_commit(cplug__stream *s, cplug_error *e)
{
    if (fsync(s->fd) != 0 && errno != EINVAL) return fail_errno(s, e, "cannot sync");
    int fd = s->fd;
    s->fd = -1;
    if (close(fd) != 0 && errno != EINTR) return fail_errno(s, e, "cannot close");
    if (rename(s->temporary, s->target) != 0) return fail_errno(s, e, "cannot rename the temporary file");
    cplug__free(s->temporary);
    s->temporary = NULL;
    return sync_folder(s, e);
}

void cplug__stream_close(cplug__stream *s)
{
    if (s->fd >= 0) close(s->fd);
    if (s->temporary) unlink(s->temporary);
    cplug__free(s->temporary);
    cplug__free(s->target);
    cplug__free(s->path);
    *s = (cplug__stream){ .fd = -1 };
}
