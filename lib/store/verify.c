/* See verify.h. Layouts are LMDB 0.9's for 64-bit little-endian machines: FORMAT.md. */
#include "store/verify.h"

#include <stdio.h>
#include <sys/mman.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/le.h"
#include "store/env.h"

enum {
    FLAG_BRANCH = 1,
    FLAG_LEAF = 2,
    FLAG_OVERFLOW = 4,
    FLAG_META = 8,
    NODE_HEADER = 8,
    NODE_BIG = 1,     /* the value is in pages of its own */
    NODE_SUBTREE = 2, /* the value is the record of a named tree */
    TREE_RECORD = 48,
    MAX_DEPTH = 32, /* of LMDB's cursors */
    MAX_KEY = 511,
    LIST_KEY = 8,
    PAGE_KEY = 9,
    INTEGER_KEY = 8, /* flag of the free list's tree */
};
#define NO_PAGE UINT64_MAX
#define LAST_PAGE_SLACK (UINT64_C(1) << 20) /* pages reserved, freed and never written */

enum tree_kind { TREE_FREE, TREE_MAIN, TREE_ROWS, TREE_PAGES, TREE_UNKNOWN };

struct walk {
    const struct image *image;
    uint64_t last_page, file_pages, txn_id;
    uint64_t *seen; /* bit per page: in a tree, or in the free list */
    uint64_t used, free;
    store_finding_fn *fn;
    void *ctx;
    char message[160];
};

struct tree {
    enum tree_kind kind;
    const char *name;
    unsigned depth;
    uint64_t branches, leaves, overflows, entries;
    struct bytes before; /* last key or separator in order */
    bool before_is_separator;
};

struct node {
    struct bytes key;
    const uint8_t *data;
    uint64_t data_len; /* as stored in a leaf: may lie elsewhere */
    uint64_t child;    /* of a branch */
    unsigned flags;
    unsigned offset, size; /* in this page */
};

static clus_status check_tree(struct walk *w, const uint8_t record[TREE_RECORD],
                              enum tree_kind kind, const char *name);

static clus_status wrong(struct walk *w, uint64_t page, const char *what)
{
    (void)snprintf(w->message, sizeof w->message, "page %llu: %s", (unsigned long long)page,
                   what);
    return CLUS_E_CORRUPT;
}

static void report(struct walk *w, const char *where)
{
    if (w->fn && w->message[0])
        w->fn(w->ctx, where, w->message);
    w->message[0] = '\0'; /* not once more for the trees above */
}

/* ---- meta pages ---- */

static const char *check_meta(const uint8_t *page, uint64_t number, uint64_t file_bytes,
                              struct snapshot_root *out)
{
    const uint8_t *meta = page + ENGINE_HEADER;
    if (clus__le64(page) != number || clus__le16(page + 10) != FLAG_META)
        return "a meta page has a wrong header";
    if (clus__le32(meta) != 0xBEEFC0DE || clus__le32(meta + 4) != 1)
        return "not an LMDB 0.9 file";
    if (clus__le32(meta + 24) != ENGINE_PAGE)
        return "pages are not of 4096 bytes";
    /* no fixed map address, which LMDB would map over whatever is there */
    if (clus__le16(meta + 28) != INTEGER_KEY ||
        clus__le16(meta + 24 + TREE_RECORD + 4) != 0)
        return "a meta page has unknown flags";
    memcpy(out->free_tree, meta + 24, TREE_RECORD);
    memcpy(out->main_tree, meta + 24 + TREE_RECORD, TREE_RECORD);
    out->last_page = clus__le64(meta + 120);
    out->txn_id = clus__le64(meta + 128);
    if (out->last_page < 1 || out->last_page > file_bytes / ENGINE_PAGE + LAST_PAGE_SLACK)
        return "the file is shorter than its last page";
    return NULL;
}

bool clus__image_metas(const uint8_t head[META_BYTES], uint64_t file_bytes,
                       struct snapshot_root out[2], const char **why)
{
    for (unsigned i = 0; i < 2; i++) {
        *why = check_meta(head + (size_t)i * ENGINE_PAGE, i, file_bytes, &out[i]);
        if (*why)
            return false;
    }
    /* transaction n writes page n % 2, so the two are neighbours */
    uint64_t even = out[0].txn_id, odd = out[1].txn_id;
    bool new_file = even == 0 && odd == 0;
    if (!new_file &&
        (even % 2 != 0 || odd % 2 != 1 || (even != odd + 1 && odd != even + 1))) {
        *why = "the meta pages are not of neighbouring commits";
        return false;
    }
    return true;
}

/* ---- which pages are in use ---- */

static bool claim(struct walk *w, uint64_t page)
{
    uint64_t bit = UINT64_C(1) << (page % 64);
    if (w->seen[page / 64] & bit)
        return false;
    w->seen[page / 64] |= bit;
    return true;
}

static clus_status claim_used(struct walk *w, uint64_t first, uint64_t n)
{
    if (first < 2 || n == 0 || first >= w->file_pages || n > w->file_pages - first ||
        first > w->last_page || n > w->last_page - first + 1)
        return wrong(w, first, "lies outside of the file");
    for (uint64_t i = 0; i < n; i++) {
        if (!claim(w, first + i))
            return wrong(w, first + i, "is used twice");
    }
    w->used += n;
    return CLUS_OK;
}

static const uint8_t *page_at(const struct walk *w, uint64_t page)
{
    return w->image->bytes + page * ENGINE_PAGE;
}

bool clus__page_header_sound(const uint8_t *page, uint64_t page_number)
{
    return clus__le64(page) == page_number && clus__le16(page + 10) == FLAG_OVERFLOW &&
           clus__le32(page + 12) == 1;
}

static clus_status check_overflow(struct walk *w, struct tree *t, const struct node *node,
                                  uint64_t first)
{
    uint64_t n = (node->data_len + ENGINE_HEADER + ENGINE_PAGE - 1) / ENGINE_PAGE;
    clus_status status = claim_used(w, first, n);
    if (status != CLUS_OK)
        return status;
    t->overflows += n;
    if (t->kind == TREE_PAGES && !w->image->everything)
        return CLUS_OK; /* looked at before it is freed */
    const uint8_t *page = page_at(w, first);
    if (clus__le64(page) != first || clus__le16(page + 10) != FLAG_OVERFLOW ||
        clus__le32(page + 12) != n)
        return wrong(w, first, "the header of a value is wrong");
    return CLUS_OK;
}

/* ---- nodes ---- */

/* Record `i` of a page, if it lies inside. */
static bool read_node(const uint8_t *page, unsigned i, bool leaf, struct node *out)
{
    unsigned at = clus__le16(page + ENGINE_HEADER + (size_t)i * 2);
    unsigned upper = clus__le16(page + 14);
    if (at < upper || at % 2 != 0 || at + NODE_HEADER > ENGINE_PAGE)
        return false;
    const uint8_t *p = page + at;
    uint64_t room = ENGINE_PAGE - at - NODE_HEADER;
    uint64_t low = clus__le32(p), key_len = clus__le16(p + 6), in_page = 0;
    if (key_len > room)
        return false;
    out->offset = at;
    out->key = (struct bytes){p + NODE_HEADER, key_len};
    out->data = p + NODE_HEADER + key_len;
    out->flags = leaf ? clus__le16(p + 4) : 0;
    out->data_len = leaf ? low : 0;
    out->child = leaf ? 0 : low | (uint64_t)clus__le16(p + 4) << 32;
    if (leaf)
        in_page = out->flags & NODE_BIG ? sizeof(uint64_t) : low;
    if (in_page > room - key_len)
        return false;
    out->size = (unsigned)((NODE_HEADER + key_len + in_page + 1) & ~UINT64_C(1));
    return true;
}

/* The records of a page must lie side by side up to its end: LMDB moves them by sums of
 * their sizes. Each begins at a place of its own and ends where another begins or at the
 * end of the page; if their sizes add up besides, they are one chain. */
static clus_status check_layout(struct walk *w, uint64_t number, const uint8_t *page,
                                unsigned n, bool leaf)
{
    uint64_t starts[ENGINE_PAGE / 2 / 64 + 1] = {0};
    unsigned sum = 0;
    struct node node;
    for (unsigned i = 0; i < n; i++) {
        if (!read_node(page, i, leaf, &node))
            return wrong(w, number, "a record runs out of the page");
        unsigned at = node.offset / 2;
        if (starts[at / 64] >> (at % 64) & 1)
            return wrong(w, number, "two records overlap");
        starts[at / 64] |= UINT64_C(1) << (at % 64);
        sum += node.size;
    }
    if (sum != ENGINE_PAGE - (unsigned)clus__le16(page + 14))
        return wrong(w, number, "the records do not fill their part of the page");
    starts[ENGINE_PAGE / 2 / 64] |= 1;
    for (unsigned i = 0; i < n; i++) {
        if (!read_node(page, i, leaf, &node))
            return wrong(w, number, "a record runs out of the page");
        unsigned end = node.offset / 2 + node.size / 2;
        if (!(starts[end / 64] >> (end % 64) & 1))
            return wrong(w, number, "two records overlap");
    }
    return CLUS_OK;
}

static int compare_keys(const struct tree *t, struct bytes a, struct bytes b)
{
    if (t->kind != TREE_FREE)
        return clus__bytes_cmp(a, b);
    uint64_t x = clus__le64(a.data), y = clus__le64(b.data);
    return (x > y) - (x < y);
}

/* Keys ascend; a separator is above all keys before it and not above the next one. */
static bool in_order(struct tree *t, struct bytes key, bool separator)
{
    if (t->before.data) {
        int c = compare_keys(t, t->before, key);
        if (c > 0 || (c == 0 && (separator || !t->before_is_separator)))
            return false;
    }
    t->before = key;
    t->before_is_separator = separator;
    return true;
}

static bool key_fits(const struct tree *t, struct bytes key)
{
    switch (t->kind) {
    case TREE_FREE: return key.len == LIST_KEY;
    case TREE_PAGES: return key.len == PAGE_KEY;
    case TREE_ROWS: return key.len >= 1 && key.len <= 64;
    case TREE_MAIN:
    case TREE_UNKNOWN: break;
    }
    return key.len >= 1 && key.len <= MAX_KEY;
}

/* ---- values ---- */

/* One record of the free list: a count, then page numbers in descending order. */
static clus_status check_list(struct walk *w, uint64_t number, const struct node *node,
                              const uint8_t *data)
{
    uint64_t txn_id = clus__le64(node->key.data);
    if (txn_id == 0 || txn_id > w->txn_id)
        return wrong(w, number, "the free list is of a commit to come");
    if (node->data_len < 8 || node->data_len % 8 != 0)
        return wrong(w, number, "the free list has a wrong length");
    uint64_t n = clus__le64(data), above = w->last_page + 1;
    if (n > node->data_len / 8 - 1)
        return wrong(w, number, "the free list has a wrong length");
    for (uint64_t i = 1; i <= n; i++) {
        uint64_t page = clus__le64(data + i * 8);
        if (page < 2 || page >= above)
            return wrong(w, number, "the free list is out of order or range");
        if (!claim(w, page))
            return wrong(w, page, "is free and used");
        above = page;
    }
    w->free += n;
    return CLUS_OK;
}

static enum tree_kind kind_of(struct bytes name, char text[32])
{
    size_t len = name.len < 31 ? name.len : 31;
    for (size_t i = 0; i < len; i++)
        text[i] = (char)(name.data[i] >= ' ' && name.data[i] < 127 ? name.data[i] : '?');
    text[len] = '\0';
    if (strcmp(text, "pages") == 0)
        return TREE_PAGES;
    if (strcmp(text, "store") == 0)
        return TREE_ROWS;
    for (enum store_table t = TABLE_INFO; t < TABLE_COUNT; t++) {
        if (strcmp(text, clus__table_name(t)) == 0)
            return TREE_ROWS;
    }
    return TREE_UNKNOWN; /* of a later format: sound is enough */
}

/* A finding in one named tree does not keep the others from being looked at. */
static clus_status check_subtree(struct walk *w, uint64_t number, const struct node *node)
{
    char name[32];
    enum tree_kind kind = kind_of(node->key, name);
    if (node->flags != NODE_SUBTREE || node->data_len != TREE_RECORD)
        return wrong(w, number, "the record of a table is wrong");
    clus_status status = check_tree(w, node->data, kind, name);
    if (status == CLUS_E_CORRUPT)
        report(w, name);
    return status;
}

static clus_status check_value(struct walk *w, struct tree *t, uint64_t number,
                               const struct node *node)
{
    if (t->kind == TREE_MAIN)
        return check_subtree(w, number, node);
    bool big = node->flags == NODE_BIG;
    if (node->flags & ~(unsigned)NODE_BIG)
        return wrong(w, number, "a record has unknown flags");
    if ((t->kind == TREE_PAGES && (!big || node->data_len != PAGE_BYTES)) ||
        (t->kind == TREE_ROWS && (big || node->data_len > STORE_MAX_ROW + 8)))
        return wrong(w, number, "a value has an impossible size");
    const uint8_t *data = node->data;
    if (big) {
        uint64_t first = clus__le64(node->data);
        clus_status status = check_overflow(w, t, node, first);
        if (status != CLUS_OK)
            return status;
        data = page_at(w, first) + ENGINE_HEADER;
    }
    return t->kind == TREE_FREE ? check_list(w, number, node, data) : CLUS_OK;
}

static clus_status check_leaf(struct walk *w, struct tree *t, uint64_t number,
                              const uint8_t *page, unsigned n)
{
    clus_status first_bad = CLUS_OK;
    struct node node;
    for (unsigned i = 0; i < n; i++) {
        if (!read_node(page, i, true, &node)) /* the file may change as it is read */
            return wrong(w, number, "a record runs out of the page");
        if (!key_fits(t, node.key) || !in_order(t, node.key, false))
            return wrong(w, number, "keys are out of order or of a wrong size");
        clus_status status = check_value(w, t, number, &node);
        if (status != CLUS_OK && t->kind != TREE_MAIN)
            return status;
        if (status == CLUS_E_NOMEM)
            return status;
        if (first_bad == CLUS_OK)
            first_bad = status;
    }
    t->entries += n;
    return first_bad;
}

/* ---- trees ---- */

/* Ask for all leaves under a branch at once: on a cold disk they come one by one else. */
static void read_ahead(const struct walk *w, const uint8_t *page, unsigned n)
{
    struct node node;
    for (unsigned i = 0; i < n; i++) {
        if (read_node(page, i, false, &node) && node.child < w->file_pages)
            (void)posix_madvise(clus__val(page_at(w, node.child), 0).mv_data, ENGINE_PAGE,
                                POSIX_MADV_WILLNEED);
    }
}

static clus_status check_page(struct walk *w, struct tree *t, uint64_t number,
                              unsigned level);

static clus_status check_branch(struct walk *w, struct tree *t, const uint8_t *page,
                                unsigned n, unsigned level)
{
    struct node node;
    if (level + 1 == t->depth)
        read_ahead(w, page, n);
    for (unsigned i = 0; i < n; i++) {
        if (!read_node(page, i, false, &node))
            return wrong(w, clus__le64(page), "a record runs out of the page");
        /* the first key stands for "all below" */
        if (i > 0 && (!key_fits(t, node.key) || !in_order(t, node.key, true)))
            return wrong(w, clus__le64(page), "separators are out of order");
        clus_status status = check_page(w, t, node.child, level + 1);
        if (status != CLUS_OK)
            return status;
    }
    return CLUS_OK;
}

static clus_status check_page(struct walk *w, struct tree *t, uint64_t number,
                              unsigned level)
{
    clus_status status = claim_used(w, number, 1);
    if (status != CLUS_OK)
        return status;
    bool leaf = level == t->depth;
    const uint8_t *page = page_at(w, number);
    unsigned lower = clus__le16(page + 12), upper = clus__le16(page + 14);
    if (clus__le64(page) != number ||
        clus__le16(page + 10) != (leaf ? FLAG_LEAF : FLAG_BRANCH))
        return wrong(w, number, "is not the page that the tree expects");
    if (lower < ENGINE_HEADER || lower % 2 != 0 || upper > ENGINE_PAGE || lower > upper)
        return wrong(w, number, "has wrong bounds");
    unsigned n = (lower - ENGINE_HEADER) / 2;
    if (n < (leaf || t->kind == TREE_FREE ? 1u : 2u))
        return wrong(w, number, "has too few records");
    status = check_layout(w, number, page, n, leaf);
    if (status != CLUS_OK)
        return status;
    if (leaf) {
        t->leaves++;
        return check_leaf(w, t, number, page, n);
    }
    t->branches++;
    return check_branch(w, t, page, n, level);
}

static clus_status check_tree(struct walk *w, const uint8_t record[TREE_RECORD],
                              enum tree_kind kind, const char *name)
{
    struct tree t = {.kind = kind, .name = name, .depth = clus__le16(record + 6)};
    uint64_t root = clus__le64(record + 40);
    if (clus__le16(record + 4) != (kind == TREE_FREE ? INTEGER_KEY : 0))
        return wrong(w, root, "the tree has unknown flags");
    if (root != NO_PAGE) {
        if (t.depth == 0 || t.depth > MAX_DEPTH)
            return wrong(w, root, "the tree has an impossible depth");
        clus_status status = check_page(w, &t, root, 1);
        if (status != CLUS_OK)
            return status;
    } else if (t.depth != 0) {
        return wrong(w, root, "an empty tree has a depth");
    }
    if (t.branches != clus__le64(record + 8) || t.leaves != clus__le64(record + 16) ||
        t.overflows != clus__le64(record + 24) || t.entries != clus__le64(record + 32))
        return wrong(w, root, "the tree's counts are wrong");
    return CLUS_OK;
}

clus_status clus__image_check(const struct image *image, const struct snapshot_root *root,
                              store_finding_fn *fn, void *ctx, struct image_facts *facts)
{
    struct walk w = {.image = image,
                     .last_page = root->last_page,
                     .file_pages = image->size / ENGINE_PAGE,
                     .txn_id = root->txn_id,
                     .fn = fn,
                     .ctx = ctx};
    w.seen = clus__calloc((size_t)(root->last_page / 64 + 1), sizeof *w.seen);
    if (!w.seen)
        return CLUS_E_NOMEM;
    clus_status status = check_tree(&w, root->main_tree, TREE_MAIN, "tables");
    if (status == CLUS_E_CORRUPT)
        report(&w, "file");
    clus_status list = CLUS_OK;
    if (status == CLUS_OK) { /* without all pages in use the free list means nothing */
        list = check_tree(&w, root->free_tree, TREE_FREE, "free list");
        if (list == CLUS_E_CORRUPT)
            report(&w, "free list");
    }
    clus__free(w.seen);
    if (status == CLUS_OK)
        status = list;
    if (status == CLUS_OK)
        *facts = (struct image_facts){
            .used = w.used, .free = w.free, .lost = root->last_page - 1 - w.used - w.free};
    return status;
}
