/* manifest.c: what a plugin file says about itself.  The section .cplug.manifest is read from the file as bytes, with every offset
 * checked against the file's size, so that listing plugins runs no foreign code and a lying file costs only itself. */
#include "plugin/loader.h"
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LARGEST = 1 << 20, SECTIONS = 4096 }; /* bytes of a section that is read, sections of a file */

#if defined(__x86_64__)
enum { MACHINE = EM_X86_64 };
#elif defined(__aarch64__)
enum { MACHINE = EM_AARCH64 };
#elif defined(__riscv)
enum { MACHINE = EM_RISCV };
#elif defined(__powerpc64__)
enum { MACHINE = EM_PPC64 };
#elif defined(__s390x__)
enum { MACHINE = EM_S390 };
#else
enum { MACHINE = EM_NONE }; /* any */
#endif

typedef struct elf_file {
    int fd;
    uint64_t size;
    Elf64_Shdr *sections;
    uint32_t n;
    char *names; /* NUL-terminated */
    uint64_t names_size;
} elf_file;

static bool read_at(const elf_file *f, void *to, uint64_t at, uint64_t n)
{
    if (at > f->size || n > f->size - at) return false;
    for (uint64_t done = 0; done < n;) {
        const ssize_t got = pread(f->fd, (char *)to + done, n - done, (off_t)(at + done));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        done += (uint64_t)got;
    }
    return true;
}

static void elf_close(elf_file *f)
{
    if (f->fd >= 0) close(f->fd);
    cplug__free(f->sections);
    cplug__free(f->names);
}

static bool open_file(elf_file *f, const char *path, cplug_error *e)
{
    struct stat s;
    f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (f->fd < 0) {
        const int why = errno;
        const bool dangling = why == ENOENT && lstat(path, &s) == 0;
        cplug__error_fill(e, why == ENOENT ? CPLUG_E_NOTFOUND : CPLUG_E_IO, "%s",
                          dangling       ? "a link to a file that does not exist"
                          : why == ENXIO ? "not a regular file" /* a socket */
                                         : strerror(why));
        return false;
    }
    const char *wrong = NULL;
    if (fstat(f->fd, &s))
        wrong = strerror(errno);
    else if (S_ISDIR(s.st_mode))
        wrong = "a folder, not a plugin file";
    else if (!S_ISREG(s.st_mode))
        wrong = "not a regular file";
    else if (s.st_mode & S_IWOTH)
        wrong = "everybody may write to it, so it is not loaded: chmod o-w";
    else if (s.st_size == 0)
        wrong = "the file is empty";
    if (wrong) return cplug__error_fill(e, CPLUG_E_IO, "%s", wrong), false;
    f->size = (uint64_t)s.st_size;
    return true;
}

static const char *machine_name(unsigned machine)
{
    static const struct {
        unsigned machine;
        const char *name;
    } names[] = {
        { EM_X86_64, "x86-64" },  { EM_AARCH64, "AArch64" },  { EM_RISCV, "RISC-V" }, { EM_386, "32-bit x86" },
        { EM_ARM, "32-bit ARM" }, { EM_PPC64, "PowerPC 64" }, { EM_S390, "IBM Z" },
    };
    for (uint32_t i = 0; i < CPLUG_COUNT(names); i++)
        if (names[i].machine == machine) return names[i].name;
    return "another machine";
}

static bool check_header(const elf_file *f, const Elf64_Ehdr *h, cplug_error *e)
{
    const uint16_t one = 1;
    const unsigned char order = *(const unsigned char *)&one ? ELFDATA2LSB : ELFDATA2MSB;
    if (memcmp(h->e_ident, ELFMAG, SELFMAG) != 0) return cplug__error_fill(e, CPLUG_E_FORMAT, "not an ELF file"), false;
    if (h->e_ident[EI_CLASS] != ELFCLASS64 || h->e_ident[EI_DATA] != order)
        return cplug__error_fill(e, CPLUG_E_FORMAT, "an ELF file of another word size or byte order"), false;
    if (MACHINE != EM_NONE && h->e_machine != MACHINE)
        return cplug__error_fill(e, CPLUG_E_FORMAT, "built for %s, this is %s", machine_name(h->e_machine), machine_name(MACHINE)), false;
    if (h->e_type != ET_DYN) return cplug__error_fill(e, CPLUG_E_FORMAT, "an ELF file, but not a shared object"), false;
    if (h->e_shoff == 0 || h->e_shnum == 0) return cplug__error_fill(e, CPLUG_E_FORMAT, "no cplug manifest: not a cplug plugin"), false;
    if (h->e_shentsize != sizeof(Elf64_Shdr) || h->e_shnum > SECTIONS || h->e_shstrndx >= h->e_shnum)
        return cplug__error_fill(e, CPLUG_E_FORMAT, "its ELF header is damaged"), false;
    if (h->e_shoff > f->size || (uint64_t)h->e_shnum * sizeof(Elf64_Shdr) > f->size - h->e_shoff)
        return cplug__error_fill(e, CPLUG_E_FORMAT, "the file is truncated"), false;
    return true;
}

/* A section as NUL-terminated text, NULL and an error when it is too large or outside of the file. */
static char *read_section(const elf_file *f, const Elf64_Shdr *s, cplug_error *e)
{
    if (s->sh_size > LARGEST || s->sh_type == SHT_NOBITS) return cplug__error_fill(e, CPLUG_E_FORMAT, "its ELF sections are damaged"), NULL;
    char *text = cplug__alloc(s->sh_size + 1);
    if (!text) return cplug__error_fill(e, CPLUG_E_NOMEM, "out of memory"), NULL;
    if (read_at(f, text, s->sh_offset, s->sh_size)) return text;
    cplug__free(text);
    return cplug__error_fill(e, CPLUG_E_FORMAT, "the file is truncated"), NULL;
}

static bool elf_open(elf_file *f, const char *path, cplug_error *e)
{
    *f = (elf_file){ .fd = -1 };
    Elf64_Ehdr h = { 0 };
    if (!open_file(f, path, e)) return false;
    if (!read_at(f, &h, 0, MIN(f->size, sizeof h)) || (f->size < sizeof h && memcmp(h.e_ident, ELFMAG, SELFMAG) == 0))
        return cplug__error_fill(e, CPLUG_E_FORMAT, "the file is truncated"), false;
    if (!check_header(f, &h, e)) return false;
    f->n = h.e_shnum;
    f->sections = cplug__alloc(f->n * sizeof *f->sections);
    if (!f->sections) return cplug__error_fill(e, CPLUG_E_NOMEM, "out of memory"), false;
    if (!read_at(f, f->sections, h.e_shoff, f->n * sizeof *f->sections))
        return cplug__error_fill(e, CPLUG_E_FORMAT, "the file is truncated"), false;
    f->names_size = f->sections[h.e_shstrndx].sh_size;
    f->names = read_section(f, &f->sections[h.e_shstrndx], e);
    return f->names != NULL;
}

/* A section may hold several texts, each with a NUL at its end: a file may serve several ABI majors, one plugin each.  The one of ours. */
static bool choose(cplug__arena *a, const char *text, uint64_t size, cplug__manifest *out, cplug_error *e)
{
    if (!cplug__manifest_parse(a, text, size, out, e)) return false;
    for (const char *at = text; (at = memchr(at, '\0', size - (uint64_t)(at - text))) != NULL && (uint64_t)(++at - text) < size;) {
        cplug__manifest other;
        if (!*at) continue;
        if (!cplug__manifest_parse(a, at, size - (uint64_t)(at - text), &other, e)) return false;
        if (other.abi_major != CPLUG_ABI_MAJOR) continue;
        if (out->abi_major == CPLUG_ABI_MAJOR)
            return cplug__error_fill(e, CPLUG_E_FORMAT, "brings two plugins, '%s' and '%s', and a file may bring one: build a file of each",
                                     out->id, other.id),
                   false;
        *out = other;
    }
    return true;
}

bool cplug__manifest_read(cplug__arena *a, const char *path, cplug__manifest *out, cplug_error *e)
{
    elf_file f;
    bool good = elf_open(&f, path, e);
    if (good) {
        const Elf64_Shdr *s = NULL;
        for (uint32_t i = 0; i < f.n && !s; i++)
            if (f.sections[i].sh_name < f.names_size && strcmp(f.names + f.sections[i].sh_name, ".cplug.manifest") == 0) s = &f.sections[i];
        char *text = s ? read_section(&f, s, e) : NULL;
        if (!s) cplug__error_fill(e, CPLUG_E_FORMAT, "no cplug manifest: not a cplug plugin");
        good = text && choose(a, text, s->sh_size, out, e);
        cplug__free(text);
    }
    elf_close(&f);
    return good;
}

bool cplug__elf_needs(const char *path, const char *library)
{
    elf_file f;
    cplug_error e = CPLUG__ERROR_INIT;
    bool found = false;
    if (!elf_open(&f, path, &e)) f.n = 0;
    for (uint32_t i = 0; i < f.n && !found; i++) {
        const Elf64_Shdr *s = &f.sections[i];
        if (s->sh_type != SHT_DYNAMIC || s->sh_link >= f.n) continue;
        char *entries = read_section(&f, s, &e), *names = read_section(&f, &f.sections[s->sh_link], &e);
        for (uint64_t at = 0; entries && names && at + sizeof(Elf64_Dyn) <= s->sh_size && !found; at += sizeof(Elf64_Dyn)) {
            Elf64_Dyn d;
            memcpy(&d, entries + at, sizeof d);
            found = d.d_tag == DT_NEEDED && d.d_un.d_val < f.sections[s->sh_link].sh_size && strcmp(names + d.d_un.d_val, library) == 0;
        }
        cplug__free(entries);
        cplug__free(names);
    }
    elf_close(&f);
    return found;
}

/* ---- the text ---- */
static bool set_field(cplug__arena *a, const char *key, size_t n, const char *value, size_t size, cplug__manifest *m)
{
    const struct {
        const char *key;
        const char **to;
    } fields[] = {
        { "id", &m->id }, { "version", &m->version }, { "license", &m->license }, { "doc", &m->doc }, { "provides", &m->provides },
    };
    for (uint32_t i = 0; i < CPLUG_COUNT(fields); i++)
        if (strlen(fields[i].key) == n && memcmp(fields[i].key, key, n) == 0)
            return (*fields[i].to = cplug__arena_strdup(a, value, size)) != NULL;
    return true; /* a key of a later version */
}

static bool parse_abi(const char *value, size_t size, cplug__manifest *m)
{
    char major[16] = "", minor[16] = "";
    const char *dot = memchr(value, '.', size);
    if (!dot || dot - value >= 16 || value + size - dot > 16) return false;
    memcpy(major, value, (size_t)(dot - value));
    memcpy(minor, dot + 1, (size_t)(value + size - dot - 1));
    int64_t x, y;
    if (!cplug__parse_int(major, &x) || !cplug__parse_int(minor, &y) || x < 0 || y < 0 || x > INT32_MAX || y > INT32_MAX) return false;
    m->abi_major = (int32_t)x;
    m->abi_minor = (int32_t)y;
    return true;
}

bool cplug__manifest_parse(cplug__arena *a, const char *text, uint64_t size, cplug__manifest *out, cplug_error *e)
{
    *out = (cplug__manifest){ "", "", "", "", "", -1, -1 };
    const char *end = memchr(text, '\0', size);
    if (!end) end = text + size;
    for (const char *line = text; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line)), *eq = NULL;
        if (!stop) stop = end;
        eq = memchr(line, '=', (size_t)(stop - line));
        if (!eq) return cplug__error_fill(e, CPLUG_E_FORMAT, "its manifest is damaged: a line has no '='"), false;
        const size_t n = (size_t)(eq - line), length = (size_t)(stop - eq - 1);
        if (n == 3 && memcmp(line, "abi", 3) == 0 && !parse_abi(eq + 1, length, out))
            return cplug__error_fill(e, CPLUG_E_FORMAT, "its manifest is damaged: abi=%.*s", (int)MIN(length, 40), eq + 1), false;
        if (!set_field(a, line, n, eq + 1, length, out)) return cplug__error_fill(e, CPLUG_E_NOMEM, "out of memory"), false;
        line = stop + 1;
    }
    if (out->abi_major < 0 || !out->id[0])
        return cplug__error_fill(e, CPLUG_E_FORMAT, "its manifest is damaged: abi or id is missing"), false;
    return true;
}

/* Linear: after a mismatch only the last '*' takes one more character. */
static bool match(const char *pattern, size_t n, const char *text)
{
    const char *stop = pattern + n, *star = NULL, *retry = NULL;
    while (*text) {
        if (pattern < stop && *pattern == '*') {
            star = ++pattern;
            retry = text;
        } else if (pattern < stop && *pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star;
            text = ++retry;
        } else {
            return false;
        }
    }
    while (pattern < stop && *pattern == '*') pattern++;
    return pattern == stop;
}

const char *cplug__provides_next(const char **at, const char *kind, size_t *n)
{
    const size_t length = strlen(kind);
    for (const char *s = *at; *s;) {
        s += strspn(s, " \t");
        const char *word = s;
        s += strcspn(s, " \t");
        *at = s;
        if ((size_t)(s - word) > length + 1 && word[length] == ':' && memcmp(word, kind, length) == 0) {
            *n = (size_t)(s - word) - length - 1;
            return word + length + 1;
        }
    }
    return NULL;
}

bool cplug__provides(const char *provides, const char *kind, const char *id)
{
    size_t n;
    for (const char *at = provides, *entry; (entry = cplug__provides_next(&at, kind, &n)) != NULL;)
        if (strcmp(id, "*") == 0 || match(entry, n, id)) return true;
    return false;
}
