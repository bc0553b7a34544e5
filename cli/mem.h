/*
 * Memory of the command: what does not fit ends the process with a message, so callers
 * need no checks. Growing text and a pool of pieces that die together.
 */
#ifndef CSEARCH_MEM_H
#define CSEARCH_MEM_H

#include <stdarg.h>
#include <stddef.h>

#include <clustersearch/base.h>

#define STR(literal) ((clus_str){literal, sizeof(literal) - 1})

void *mem_alloc(size_t n, size_t size); /* zeroed */
char *mem_strdup(const char *s);
char *mem_strndup(const char *s, size_t len);
void mem_free(void *p);

/* Room for `need` elements of `size` bytes at *p (a pointer to any pointer), which has
 * room for *cap. */
void mem_grow(void *p, size_t *cap, size_t need, size_t size);

/* Bytes that grow. All-zero is empty. */
struct text {
    char *data;
    size_t len;
    size_t cap;
};

void text_add(struct text *t, const char *data, size_t len);
void text_str(struct text *t, const char *s);
void text_byte(struct text *t, char c);
void text_printf(struct text *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void text_vprintf(struct text *t, const char *format, va_list args);
char *text_room(struct text *t, size_t n); /* n more bytes, len unchanged */
char *text_z(struct text *t);              /* the text, NUL behind its end */
void text_done(struct text *t);

static inline void text_add_str(struct text *t, clus_str s)
{
    text_add(t, s.data, s.len);
}

/* A column of a TREC run, in which blanks part columns: they are written as %20 and such.
 */
void text_column(struct text *t, clus_str word);

static inline clus_str text_view(const struct text *t)
{
    return (clus_str){t->data, t->len};
}

/* Pieces that are released at once. All-zero is empty. */
struct pool {
    struct pool_block *blocks;
    size_t used;
};

void *pool_alloc(struct pool *p, size_t size);
clus_str pool_copy(struct pool *p, clus_str s);
void pool_reset(struct pool *p); /* keeps one block */
void pool_done(struct pool *p);

bool str_equal(clus_str a, clus_str b);
bool str_is(clus_str a, const char *b);
bool str_starts(clus_str a, const char *prefix);
clus_str str_of(const char *s);            /* NULL gives an absent text */
clus_str str_sub(clus_str s, size_t from); /* from byte `from` on */
clus_str str_trim(clus_str s);             /* without blanks (U+00A0 too) at both ends */

#endif
