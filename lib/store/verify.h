/*
 * The structure of an LMDB file, checked before LMDB may trust it.
 *
 * LMDB follows page numbers, offsets and counts from the file without looking, so a damaged
 * or hostile file crashes it. The check reads the two meta pages and every tree page that a
 * snapshot reaches; after it, LMDB's own reads and writes stay inside the file. It does not
 * read the 99 % of the file that are values of one page: their headers matter only to who
 * frees them, see clus__page_header_sound(), and their bytes have checksums of their own.
 */
#ifndef CLUS_STORE_VERIFY_H
#define CLUS_STORE_VERIFY_H

#include "store/store.h"

enum { META_BYTES = 8192 }; /* both meta pages */

/* What a meta page says: where a snapshot begins. */
struct snapshot_root {
    uint64_t txn_id;
    uint64_t last_page;
    uint8_t free_tree[48]; /* LMDB's records of its two core trees */
    uint8_t main_tree[48];
};

struct image {
    const uint8_t *bytes;
    uint64_t size;
    bool everything; /* read the headers of values too */
};

struct image_facts {
    uint64_t used, free, lost; /* pages; lost: neither in a tree nor in the free list */
};

/* Check both meta pages of a file of `file_bytes`; out[0], out[1] as in the file. *why is
 * set to a static text when they are wrong. */
bool clus__image_metas(const uint8_t head[META_BYTES], uint64_t file_bytes,
                       struct snapshot_root out[2], const char **why);

/* Check all that `root` reaches. CLUS_E_CORRUPT after calling fn (unless NULL) for the
 * first finding of each tree; CLUS_E_NOMEM. */
CLUS_MUST_CHECK clus_status clus__image_check(const struct image *image,
                                              const struct snapshot_root *root,
                                              store_finding_fn *fn, void *ctx,
                                              struct image_facts *facts);

/* Header of a value that fills one page, as LMDB believes it when it frees the page. */
bool clus__page_header_sound(const uint8_t *page, uint64_t page_number);

#endif
