/* Memory that ends the process when there is none. */
#include "mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { POOL_BLOCK = 64 * 1024, POOL_ALIGN = 16 };

struct pool_block {
    struct pool_block *next;
    size_t size;
};

static _Noreturn void no_memory(void)
{
    static const char message[] =
        "csearch: out of memory; try a smaller --memory or input\n";
    ssize_t n = write(STDERR_FILENO, message, sizeof message - 1);
    _exit(n < 0 ? 3 : 2);
}

void *mem_alloc(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size ? size : 1);
    if (!p)
        no_memory();
    return p;
}

char *mem_strndup(const char *s, size_t len)
{
    char *copy = mem_alloc(len + 1, 1);
    if (len)
        memcpy(copy, s, len);
    return copy;
}

char *mem_strdup(const char *s)
{
    return mem_strndup(s, strlen(s));
}

void mem_free(void *p)
{
    free(p);
}

void mem_grow(void *p, size_t *cap, size_t need, size_t size)
{
    void *old;
    memcpy(&old, p, sizeof old); /* any pointer type has this size here */
    if (need <= *cap && old)
        return;
    size_t grown = *cap < 8 ? 16 : *cap * 2;
    if (grown < need)
        grown = need;
    if (grown > SIZE_MAX / 2 / size)
        no_memory();
    void *fresh = realloc(old, grown * size);
    if (!fresh)
        no_memory();
    memcpy(p, &fresh, sizeof fresh);
    *cap = grown;
}

char *text_room(struct text *t, size_t n)
{
    mem_grow(&t->data, &t->cap, t->len + n + 1, 1);
    return t->data + t->len;
}

void text_add(struct text *t, const char *data, size_t len)
{
    char *room = text_room(t, len);
    if (len)
        memcpy(room, data, len);
    t->len += len;
}

void text_str(struct text *t, const char *s)
{
    text_add(t, s, strlen(s));
}

void text_byte(struct text *t, char c)
{
    *text_room(t, 1) = c;
    t->len++;
}

void text_vprintf(struct text *t, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    /* clang-tidy 14 takes a va_list parameter for one that was never started */
    int n =
        vsnprintf(NULL, 0, format, args); /* NOLINT(clang-analyzer-valist.Uninitialized) */
    if (n > 0 && vsnprintf(text_room(t, (size_t)n + 1), (size_t)n + 1, format, again) == n)
        t->len += (size_t)n;
    va_end(again);
}

void text_printf(struct text *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    text_vprintf(t, format, args);
    va_end(args);
}

char *text_z(struct text *t)
{
    *text_room(t, 1) = '\0';
    return t->data;
}

void text_done(struct text *t)
{
    free(t->data);
    *t = (struct text){0};
}

void *pool_alloc(struct pool *p, size_t size)
{
    size = (size + POOL_ALIGN - 1) / POOL_ALIGN * POOL_ALIGN;
    if (!p->blocks || p->blocks->size - p->used < size) {
        size_t room = size > POOL_BLOCK ? size : POOL_BLOCK;
        struct pool_block *block = mem_alloc(1, POOL_ALIGN + room);
        block->next = p->blocks;
        block->size = room;
        p->blocks = block;
        p->used = 0;
    }
    char *at = (char *)p->blocks + POOL_ALIGN + p->used;
    p->used += size;
    return at;
}

clus_str pool_copy(struct pool *p, clus_str s)
{
    char *copy = pool_alloc(p, s.len + 1);
    if (s.len)
        memcpy(copy, s.data, s.len);
    copy[s.len] = '\0';
    return (clus_str){copy, s.len};
}

void pool_reset(struct pool *p)
{
    while (p->blocks && (p->blocks->next || p->blocks->size > POOL_BLOCK)) {
        struct pool_block *next = p->blocks->next;
        free(p->blocks);
        p->blocks = next;
    }
    p->used = 0;
}

void pool_done(struct pool *p)
{
    while (p->blocks) {
        struct pool_block *next = p->blocks->next;
        free(p->blocks);
        p->blocks = next;
    }
    p->used = 0;
}

bool str_equal(clus_str a, clus_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool str_is(clus_str a, const char *b)
{
    return str_equal(a, str_of(b));
}

void text_column(struct text *t, clus_str word)
{
    for (size_t i = 0; i < word.len; i++) {
        unsigned char c = (unsigned char)word.data[i];
        if (c <= ' ' || c == 0x7f)
            text_printf(t, "%%%02X", c);
        else
            text_byte(t, (char)c);
    }
}

bool str_starts(clus_str a, const char *prefix)
{
    size_t len = strlen(prefix);
    return a.len >= len && memcmp(a.data, prefix, len) == 0;
}

clus_str str_of(const char *s)
{
    return s ? (clus_str){s, strlen(s)} : (clus_str){NULL, 0};
}

clus_str str_sub(clus_str s, size_t from)
{
    return from < s.len ? (clus_str){s.data + from, s.len - from} : (clus_str){s.data, 0};
}

/* Bytes of the blank that `s` begins with (from its end when `back`), or 0. */
static size_t blank_at(clus_str s, bool back)
{
    if (s.len == 0)
        return 0;
    unsigned char c = (unsigned char)s.data[back ? s.len - 1 : 0];
    if (c == ' ' || (c >= '\t' && c <= '\r'))
        return 1;
    if (s.len >= 2 && memcmp(s.data + (back ? s.len - 2 : 0), "\xc2\xa0", 2) == 0)
        return 2;
    if (s.len >= 3 && memcmp(s.data + (back ? s.len - 3 : 0), "\xef\xbb\xbf", 3) == 0)
        return 3;
    return 0;
}

clus_str str_trim(clus_str s)
{
    for (size_t n = blank_at(s, false); n; n = blank_at(s, false))
        s = str_sub(s, n);
    for (size_t n = blank_at(s, true); n; n = blank_at(s, true))
        s.len -= n;
    return s;
}
