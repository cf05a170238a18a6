/* arena.c: many small pieces that are freed together.  Pieces are zeroed and 16-byte aligned; a piece larger than a block gets a block
 * of its own behind the current one, so that the rest of the current block is not lost. */
#include "base/base.h"

enum { BLOCK = 4096, PIECE_ALIGNMENT = 16 };

struct arena_block {
    struct arena_block *next;
    uint64_t used, room;
    uint64_t reserved;
    char bytes[];
};

static struct arena_block *add_block(cplug__arena *a, uint64_t room)
{
    struct arena_block *b = cplug__alloc(sizeof *b + room);
    if (!b) return NULL;
    b->room = room;
    if (a->head && room > BLOCK) {
        b->next = a->head->next;
        a->head->next = b;
    } else {
        b->next = a->head;
        a->head = b;
    }
    return b;
}

void *cplug__arena_alloc(cplug__arena *a, uint64_t bytes)
{
    if (bytes > PTRDIFF_MAX - 2 * BLOCK) return NULL;
    bytes = (MAX(bytes, 1) + PIECE_ALIGNMENT - 1) & ~(uint64_t)(PIECE_ALIGNMENT - 1);
    struct arena_block *b = a->head;
    if (!b || b->room - b->used < bytes) b = add_block(a, MAX(bytes, BLOCK));
    if (!b) return NULL;
    void *p = b->bytes + b->used;
    b->used += bytes;
    return p;
}

char *cplug__arena_strdup(cplug__arena *a, const char *s, uint64_t n)
{
    char *copy = cplug__arena_alloc(a, n + 1);
    if (copy) memcpy(copy, s, n);
    return copy;
}

void cplug__arena_free(cplug__arena *a)
{
    while (a->head) {
        struct arena_block *next = a->head->next;
        cplug__free(a->head);
        a->head = next;
    }
}
