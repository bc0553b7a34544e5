/*
 * A document as bytes: what is queued for analysis and what packs store. FORMAT.md, section
 * "Stored documents".
 */
#ifndef CLUS_INDEX_RECORD_H
#define CLUS_INDEX_RECORD_H

#include <clustersearch/document.h>

#include "base/buf.h"

enum {
    RECORD_MAX = 1 << 30,  /* bytes of a document, all fields together */
    RECORD_MAX_LIST = 1024 /* tags; fields */
};

/* A document that borrows its strings from a record. */
struct record {
    clus_document doc;
    clus_str *tags;
    clus_field *fields;
    size_t cap_tags, cap_fields;
};

/* Append a record; a document without id gets the hash of its other fields, which then is
 * written to id (32 bytes). */
CLUS_MUST_CHECK clus_status clus__record_write(const clus_document *doc, struct buf *out,
                                               char id[32]);
/* Read a record into *out, whose lists are used again. `in` may be hostile. */
CLUS_MUST_CHECK clus_status clus__record_read(struct bytes in, struct record *out);
/* The same record with another language, as pieces: the length in all, then append. */
size_t clus__record_length_with_lang(struct bytes in, const struct record *record,
                                     struct bytes lang);
void clus__record_write_with_lang(struct bytes in, const struct record *record,
                                  struct bytes lang, struct buf *out);
void clus__record_done(struct record *record);

/* What clus_stored is: a record with the bytes it borrows from. */
struct clus_stored {
    struct record record;
    uint8_t *bytes; /* NULL or allocated */
};

CLUS_MUST_CHECK clus_status clus__stored_new(uint8_t *owned, struct bytes record,
                                             clus_stored **out);
CLUS_MUST_CHECK clus_status clus__stored_of_id(struct bytes id, clus_stored **out);

#endif
