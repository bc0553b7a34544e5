/* Documents to posting lists in memory. */
#include "index/inverter.h"

#include "base/alloc.h"
#include "base/le.h"
#include "codec/impact.h"
#include "index/hash.h"
#include "index/values.h"

enum {
    CHUNK_BITS = 20, /* an address is a chunk's number and 20 bits of offset */
    CHUNK_SIZE = 1 << CHUNK_BITS,
    LINK = 4, /* the last bytes of a slice: address of the next */
    MAX_CHUNKS = 1 << (32 - CHUNK_BITS),
    AHEAD = 12,
    SLICE_LEVELS = 7
};

static const uint16_t slice_size[SLICE_LEVELS] = {64, 128, 256, 512, 1024, 2048, 4096};

static uint8_t *place(const struct inverter *v, uint32_t address)
{
    return v->chunks[address >> CHUNK_BITS] + (address & (CHUNK_SIZE - 1));
}

static bool add_chunk(struct inverter *v)
{
    if (v->n_chunks == MAX_CHUNKS) {
        v->status = CLUS_E_LIMIT;
        return false;
    }
    if (clus__grow(&v->chunks, &v->cap_chunks, v->n_chunks + 1, sizeof *v->chunks) !=
        CLUS_OK) {
        v->status = CLUS_E_NOMEM;
        return false;
    }
    uint8_t *chunk = clus__malloc(CHUNK_SIZE);
    if (!chunk) {
        v->status = CLUS_E_NOMEM;
        return false;
    }
    v->chunks[v->n_chunks++] = chunk;
    v->used = 0;
    return true;
}

static uint8_t *arena_take(struct inverter *v, uint32_t size, uint32_t *address)
{
    if ((v->n_chunks == 0 || v->used + size > CHUNK_SIZE) && !add_chunk(v))
        return NULL;
    *address = (uint32_t)((v->n_chunks - 1) << CHUNK_BITS) | v->used;
    v->used += size;
    return place(v, *address);
}

/* A further slice behind the full one, or the first. */
static bool extend(struct inverter *v, struct form_list *list)
{
    uint32_t address;
    uint8_t level = 0;
    if (list->next)
        level = list->level + 1 < SLICE_LEVELS ? (uint8_t)(list->level + 1) : list->level;
    if (!arena_take(v, slice_size[level], &address))
        return false;
    if (list->next)
        clus__put_le32(place(v, list->next), address); /* the link of the full slice */
    else
        list->head = address;
    list->next = address;
    list->level = level;
    list->left = (uint16_t)(slice_size[level] - LINK);
    return true;
}

/* Move the tail to the slices. */
static bool spill(struct inverter *v, struct form_list *list)
{
    for (uint32_t done = 0; done < list->n;) {
        if (list->left == 0 && !extend(v, list))
            return false;
        uint32_t n = list->n - done < list->left ? list->n - done : list->left;
        memcpy(place(v, list->next), list->tail + done, n);
        list->next += n;
        list->left = (uint16_t)(list->left - n);
        done += n;
    }
    list->n = 0;
    return true;
}

/* A number as LEB128. Whether it takes one byte or two, which nobody can foretell, does not
 * make a jump. */
static inline uint64_t symbol_of(uint32_t value, unsigned *n)
{
    uint64_t two = (uint64_t)(value >= 0x80);
    uint64_t raw = (value & 0x7F) | two << 7 | (uint64_t)(value >> 7) << 8;
    *n = 1 + (unsigned)two;
    if (value < 0x4000)
        return raw;
    raw = 0;
    for (*n = 0; value >= 0x80; value >>= 7, *n += 1)
        raw |= (uint64_t)((value & 0x7F) | 0x80) << 8 * *n;
    raw |= (uint64_t)value << 8 * *n;
    *n += 1;
    return raw;
}

/* Bytes of one or two symbols; the zeros behind them are written, too. */
static inline void append(struct inverter *v, struct form_list *list, uint64_t bytes,
                          unsigned n)
{
    if (list->n > LIST_TAIL - sizeof bytes && !spill(v, list))
        return;
    clus__put_le64(list->tail + list->n, bytes);
    list->n = (uint8_t)(list->n + n);
}

static inline void begin_document(struct inverter *v, struct form_list *list, uint32_t form)
{
    unsigned n;
    if (list->doc == 0)
        v->touched[v->n_touched++] = form; /* room was made for all tokens */
    uint64_t gap = symbol_of(v->ndocs + 1 - list->doc, &n);
    list->doc = v->ndocs + 1;
    list->pos = 0;
    append(v, list, gap << 8, n + 1); /* behind a 0 */
}

static inline void occurrence(struct inverter *v, uint32_t form, uint32_t position)
{
    struct form_list *list = &v->lists[form];
    unsigned n;
    if (list->doc != v->ndocs + 1)
        begin_document(v, list, form);
    uint64_t symbol = symbol_of(position + 2 - list->pos, &n);
    list->pos = position + 1;
    append(v, list, symbol, n);
}

static inline void furniture(struct inverter *v, uint32_t form)
{
    struct form_list *list = &v->lists[form];
    if (list->doc != v->ndocs + 1)
        begin_document(v, list, form);
    append(v, list, 1, 1);
}

static uint32_t largest_form(const struct token_list *list, uint32_t so_far)
{
    for (size_t i = 0; list && i < list->n; i++) {
        if (list->items[i].form > so_far)
            so_far = list->items[i].form;
    }
    return so_far;
}

static size_t token_count(const struct token_list *list)
{
    return list ? list->n : 0;
}

static clus_status make_room(struct inverter *v, const struct document_tokens *t)
{
    uint32_t form =
        largest_form(t->title, largest_form(t->text, largest_form(t->extra, 0)));
    size_t n = (size_t)form + 1;
    clus_status st = clus__table_grow(&v->lists, &v->cap_lists, n, sizeof *v->lists);
    if (st != CLUS_OK)
        return st;
    if (n > v->n_lists) {
        memset(v->lists + v->n_lists, 0, (n - v->n_lists) * sizeof *v->lists);
        v->n_lists = n;
    }
    size_t tokens = token_count(t->title) + token_count(t->text) + token_count(t->extra);
    return clus__grow(&v->touched, &v->cap_touched, v->n_touched + tokens,
                      sizeof *v->touched);
}

/* Tokens [from, to) of a field, positions shifted. */
static void add_field(struct inverter *v, const struct token_list *list, size_t from,
                      int64_t shift)
{
    const struct token *t = list->items;
    for (size_t i = from; i < list->n; i++) {
        if (i + AHEAD < list->n)
            __builtin_prefetch(&v->lists[t[i + AHEAD].form], 1);
        occurrence(v, t[i].form, (uint32_t)((int64_t)t[i].position + shift));
    }
}

/* The title's tokens beyond its position space stand behind the text. */
static void add_title_and_text(struct inverter *v, const struct document_tokens *tokens)
{
    const struct token_list *title = tokens->title, *text = tokens->text;
    size_t fits = 0;
    for (; title && fits < title->n && title->items[fits].position <= POS_TITLE_MAX; fits++)
        occurrence(v, title->items[fits].form, title->items[fits].position);
    int64_t end = POS_TEXT;
    if (text && text->n) {
        add_field(v, text, 0, POS_TEXT);
        end += (int64_t)text->items[text->n - 1].position + 1;
    }
    if (title && fits < title->n) {
        int64_t behind_lead = POS_TEXT + LEAD_TOKENS;
        end = end < behind_lead ? behind_lead : end;
        add_field(v, title, fits, end - (int64_t)title->items[fits].position);
    }
}

static struct norm norm_of(const struct document_tokens *tokens)
{
    uint64_t title = token_count(tokens->title), len = title + token_count(tokens->text);
    return (struct norm){
        clus__norm_of_length(len > UINT32_MAX ? UINT32_MAX : (uint32_t)len),
        (uint8_t)(title > UINT8_MAX ? UINT8_MAX : title)};
}

clus_status clus__inverter_add(struct inverter *v, const struct document_tokens *tokens)
{
    if (v->status == CLUS_OK)
        v->status = make_room(v, tokens);
    if (v->status != CLUS_OK)
        return v->status;
    add_title_and_text(v, tokens);
    for (size_t i = 0; tokens->extra && i < tokens->extra->n; i++)
        furniture(v, tokens->extra->items[i].form);
    struct norm norm = norm_of(tokens);
    clus__buf_add(&v->norms, &norm, sizeof norm);
    v->sum_len += clus__length_of_norm(norm.length);
    v->ndocs++;
    if (v->status == CLUS_OK)
        v->status = clus__buf_status(&v->norms);
    return v->status;
}

/* ---- values ---- */

static clus_status rehash(struct inverter *v)
{
    size_t cap = v->cap_slots ? v->cap_slots * 2 : 64;
    uint32_t *slots = clus__calloc(cap, sizeof *slots);
    if (!slots)
        return CLUS_E_NOMEM;
    for (size_t i = 0; i < v->n_values; i++) {
        size_t at = clus__hash64(v->values[i].key) & (cap - 1);
        while (slots[at])
            at = (at + 1) & (cap - 1);
        slots[at] = (uint32_t)(i + 1);
    }
    clus__free(v->value_slots);
    v->value_slots = slots;
    v->cap_slots = cap;
    return CLUS_OK;
}

static clus_status find_value(struct inverter *v, struct bytes key, struct value_list **out)
{
    if (2 * (v->n_values + 1) > v->cap_slots) {
        clus_status st = rehash(v);
        if (st != CLUS_OK)
            return st;
    }
    size_t at = clus__hash64(key) & (v->cap_slots - 1);
    for (; v->value_slots[at]; at = (at + 1) & (v->cap_slots - 1)) {
        struct value_list *found = &v->values[v->value_slots[at] - 1];
        if (clus__bytes_cmp(found->key, key) == 0) {
            *out = found;
            return CLUS_OK;
        }
    }
    size_t had = v->cap_values;
    clus_status st =
        clus__grow(&v->values, &v->cap_values, v->n_values + 1, sizeof *v->values);
    if (st != CLUS_OK)
        return st;
    if (v->cap_values > had)
        memset(v->values + had, 0, (v->cap_values - had) * sizeof *v->values);
    uint32_t address;
    uint8_t *copy = arena_take(v, (uint32_t)key.len, &address);
    if (!copy)
        return v->status;
    memcpy(copy, key.data, key.len);
    struct value_list *list = &v->values[v->n_values++];
    list->key = (struct bytes){copy, key.len};
    list->n = 0; /* memory of an earlier run is used again */
    v->value_slots[at] = (uint32_t)v->n_values;
    *out = list;
    return CLUS_OK;
}

clus_status clus__inverter_value(struct inverter *v, const char *field, struct bytes value)
{
    uint8_t key[KEY_MAX];
    struct value_list *list = NULL;
    uint32_t doc = v->ndocs - 1;
    if (value.len == 0 || v->status != CLUS_OK)
        return v->status;
    size_t len = clus__value_key(field, value, key);
    clus_status st = find_value(v, (struct bytes){key, len}, &list);
    if (st == CLUS_OK && list->n > 0 && list->docs[list->n - 1] == doc)
        return CLUS_OK;
    if (st == CLUS_OK)
        st = clus__grow(&list->docs, &list->cap, list->n + 1, sizeof *list->docs);
    if (st == CLUS_OK)
        list->docs[list->n++] = doc;
    v->status = st;
    return st;
}

/* ---- the whole ---- */

void clus__inverter_clear(struct inverter *v)
{
    for (size_t i = 0; i < v->n_touched; i++)
        v->lists[v->touched[i]] = (struct form_list){0};
    while (v->n_chunks > 1)
        clus__free(v->chunks[--v->n_chunks]);
    v->used = 0;
    v->n_touched = 0;
    v->n_values = 0;
    if (v->cap_slots)
        memset(v->value_slots, 0, v->cap_slots * sizeof *v->value_slots);
    clus__buf_clear(&v->norms);
    v->sum_len = 0;
    v->ndocs = 0;
    v->status = CLUS_OK;
}

void clus__inverter_done(struct inverter *v)
{
    clus__inverter_clear(v);
    for (size_t i = 0; i < v->cap_values; i++)
        clus__free(v->values[i].docs);
    while (v->n_chunks)
        clus__free(v->chunks[--v->n_chunks]);
    clus__free(v->chunks);
    clus__table_free(v->lists, v->cap_lists, sizeof *v->lists);
    clus__free(v->touched);
    clus__free(v->values);
    clus__free(v->value_slots);
    clus__buf_done(&v->norms);
    *v = (struct inverter){0};
}

void clus__inverter_prefetch(const struct inverter *v, uint32_t form)
{
    const struct form_list *list = &v->lists[form];
    if (list->next)
        __builtin_prefetch(place(v, list->head));
}

/* Append what is in the slices. */
static void add_slices(const struct inverter *v, const struct form_list *list,
                       struct buf *out)
{
    uint32_t address = list->head;
    for (uint8_t level = 0;;
         level = level + 1 < SLICE_LEVELS ? (uint8_t)(level + 1) : level) {
        uint32_t size = slice_size[level] - LINK;
        const uint8_t *slice = place(v, address);
        if (list->next >= address && list->next <= address + size) {
            clus__buf_add(out, slice, list->next - address);
            return;
        }
        clus__buf_add(out, slice, size);
        address = clus__le32(slice + size);
    }
}

void clus__inverter_list(const struct inverter *v, uint32_t form, struct buf *out)
{
    const struct form_list *list = &v->lists[form];
    if (list->next)
        add_slices(v, list, out);
    clus__buf_add(out, list->tail, list->n);
}
