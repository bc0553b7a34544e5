/* Documents to bytes and back. */
#include "index/record.h"

#include "base/alloc.h"
#include "codec/varint.h"
#include "index/hash.h"

static void put_str(struct buf *out, clus_str s)
{
    clus__buf_varint(out, s.len);
    clus__buf_add(out, s.data, s.len);
}

static void put_lists(const clus_document *doc, struct buf *out)
{
    clus__buf_varint(out, doc->n_tags);
    for (size_t i = 0; i < doc->n_tags; i++)
        put_str(out, doc->tags[i]);
    clus__buf_varint(out, doc->n_fields);
    for (size_t i = 0; i < doc->n_fields; i++) {
        put_str(out, doc->fields[i].name);
        put_str(out, doc->fields[i].value);
    }
}

clus_status clus__record_write(const clus_document *doc, struct buf *out, char id[32])
{
    size_t begin = out->len;
    put_str(out, doc->lang);
    put_str(out, doc->title);
    put_str(out, doc->text);
    put_str(out, doc->extra);
    put_str(out, doc->date);
    put_str(out, doc->source);
    put_str(out, doc->url);
    put_lists(doc, out);
    if (clus__buf_status(out) != CLUS_OK)
        return clus__buf_status(out);
    clus_str own = doc->id;
    if (own.len == 0) {
        clus__hash_digits((struct bytes){out->data + begin, out->len - begin}, id);
        own = (clus_str){id, HASH_DIGITS};
    }
    put_str(out, own);
    return clus__buf_status(out);
}

static bool take_str(struct bytes *in, clus_str *out)
{
    uint32_t len;
    if (!clus__varint_take(in, &len) || len > in->len)
        return false;
    *out = (clus_str){len ? (const char *)in->data : NULL, len};
    in->data += len;
    in->len -= len;
    return true;
}

static clus_status read_lists(struct bytes *in, struct record *out)
{
    uint32_t n_tags, n_fields;
    if (!clus__varint_take(in, &n_tags) || n_tags > RECORD_MAX_LIST)
        return CLUS_E_CORRUPT;
    clus_status st = clus__grow(&out->tags, &out->cap_tags, n_tags, sizeof *out->tags);
    if (st != CLUS_OK)
        return st;
    for (uint32_t i = 0; i < n_tags; i++) {
        if (!take_str(in, &out->tags[i]))
            return CLUS_E_CORRUPT;
    }
    if (!clus__varint_take(in, &n_fields) || n_fields > RECORD_MAX_LIST)
        return CLUS_E_CORRUPT;
    st = clus__grow(&out->fields, &out->cap_fields, n_fields, sizeof *out->fields);
    if (st != CLUS_OK)
        return st;
    for (uint32_t i = 0; i < n_fields; i++) {
        if (!take_str(in, &out->fields[i].name) || !take_str(in, &out->fields[i].value))
            return CLUS_E_CORRUPT;
    }
    out->doc.tags = n_tags ? out->tags : NULL;
    out->doc.n_tags = n_tags;
    out->doc.fields = n_fields ? out->fields : NULL;
    out->doc.n_fields = n_fields;
    return CLUS_OK;
}

clus_status clus__record_read(struct bytes in, struct record *out)
{
    clus_document *doc = &out->doc;
    *doc = (clus_document){0};
    if (!take_str(&in, &doc->lang) || !take_str(&in, &doc->title) ||
        !take_str(&in, &doc->text) || !take_str(&in, &doc->extra) ||
        !take_str(&in, &doc->date) || !take_str(&in, &doc->source) ||
        !take_str(&in, &doc->url))
        return CLUS_E_CORRUPT;
    clus_status st = read_lists(&in, out);
    if (st != CLUS_OK)
        return st;
    return take_str(&in, &doc->id) && in.len == 0 ? CLUS_OK : CLUS_E_CORRUPT;
}

static size_t varint_length(size_t v)
{
    size_t n = 1;
    for (; v >= 0x80; v >>= 7)
        n++;
    return n;
}

/* Bytes that the language takes at the front of a record. */
static size_t lang_bytes(const struct record *record)
{
    return varint_length(record->doc.lang.len) + record->doc.lang.len;
}

size_t clus__record_length_with_lang(struct bytes in, const struct record *record,
                                     struct bytes lang)
{
    return in.len - lang_bytes(record) + varint_length(lang.len) + lang.len;
}

void clus__record_write_with_lang(struct bytes in, const struct record *record,
                                  struct bytes lang, struct buf *out)
{
    size_t skip = lang_bytes(record);
    put_str(out, clus__str_of_bytes(lang));
    clus__buf_add(out, in.data + skip, in.len - skip);
}

void clus__record_done(struct record *record)
{
    clus__free(record->tags);
    clus__free(record->fields);
    *record = (struct record){0};
}

clus_status clus__stored_new(uint8_t *owned, struct bytes record, clus_stored **out)
{
    clus_stored *stored = clus__calloc(1, sizeof *stored);
    if (!stored)
        return CLUS_E_NOMEM;
    clus_status st = clus__record_read(record, &stored->record);
    if (st != CLUS_OK) {
        clus__record_done(&stored->record);
        clus__free(stored);
        return st;
    }
    stored->bytes = owned;
    *out = stored;
    return CLUS_OK;
}

clus_status clus__stored_of_id(struct bytes id, clus_stored **out)
{
    clus_stored *stored = clus__calloc(1, sizeof *stored);
    uint8_t *copy = clus__memdup(id.data, id.len);
    if (!stored || !copy) {
        clus__free(stored);
        clus__free(copy);
        return CLUS_E_NOMEM;
    }
    stored->bytes = copy;
    stored->record.doc.id = (clus_str){(const char *)copy, id.len};
    *out = stored;
    return CLUS_OK;
}
