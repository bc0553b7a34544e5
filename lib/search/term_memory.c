/* A table of what dictionaries said, in sets of two. */
#include "search/term_memory.h"

#include "base/alloc.h"
#include "base/le.h"

enum {
    WAYS = 2,
    SETS = TERM_MEMORY_ITEMS / WAYS,
    LINE = 64,
    PAIR = 2 * LINE,
    PARTS = TERM_MEMORY_KEY / 8
};

/* A key as it is compared: all numbers, whatever its length. */
struct known_key {
    uint64_t part[PARTS]; /* its text, and zeros */
    uint64_t whose;       /* segment, kind, length of the text; 0: nothing is remembered */
};

/* A struct term_info in two lines of cache: all that a count asks for in the first. */
struct known_term {
    struct known_key key;
    struct term_at at;
    uint32_t df;
    uint8_t max_impact, kth_impact[3];
    uint8_t list_kind, inline_len;
    bool found, alias, is_word, latest; /* latest: of its set */
    uint64_t ttf;
    union {
        uint8_t inline_bytes[LINE - 8];
        struct {
            uint64_t post, pos, post_len;
        } place;
    };
};
_Static_assert(sizeof(struct known_term) == 2 * (size_t)LINE, "two lines of cache");

struct term_memory {
    struct known_term *items;
    void *room; /* `items` lies in it, on a border of two lines, which come together */
};

clus_status clus__term_memory_new(struct term_memory **out)
{
    struct term_memory *m = clus__calloc(1, sizeof *m);
    if (!m)
        return CLUS_E_NOMEM;
    /* Pages of it are mapped as they are used. */
    m->room = clus__calloc(1, TERM_MEMORY_ITEMS * sizeof *m->items + PAIR);
    if (!m->room) {
        clus__free(m);
        return CLUS_E_NOMEM;
    }
    uintptr_t off = (uintptr_t)m->room % PAIR;
    m->items = (struct known_term *)((uint8_t *)m->room + (off ? PAIR - off : 0));
    *out = m;
    return CLUS_OK;
}

void clus__term_memory_free(struct term_memory *m)
{
    if (!m)
        return;
    clus__free(m->room);
    clus__free(m);
}

/* Without memcpy(), whose jumps depend on lengths. */
static inline struct known_key key_of(const struct segment *seg, uint8_t kind,
                                      struct bytes text)
{
    struct known_key key = {.whose =
                                (uint64_t)seg->id << 16 | (uint64_t)kind << 8 | text.len};
    size_t at = 0;
    for (; at + 8 <= text.len; at += 8)
        key.part[at / 8] = clus__le64(text.data + at);
    if (at > 0 && at < text.len)
        key.part[at / 8] = clus__le64(text.data + text.len - 8) >> 8 * (at + 8 - text.len);
    for (; at < text.len && text.len < 8; at++)
        key.part[0] |= (uint64_t)text.data[at] << 8 * at;
    return key;
}

static inline struct known_term *set_of(const struct term_memory *m,
                                        const struct known_key *key)
{
    static const uint64_t odd[] = {0x9E3779B97F4A7C15u, 0xBF58476D1CE4E5B9u,
                                   0x94D049BB133111EBu, 0xD6E8FEB86659FD93u,
                                   0xA0761D6478BD642Fu};
    uint64_t hash = key->whose * odd[PARTS];
    for (size_t i = 0; i < PARTS; i++)
        hash += key->part[i] * odd[i];
    hash ^= hash >> 32;
    return &m->items[(hash * odd[0] >> 32) % SETS * WAYS];
}

static inline bool same_key(const struct known_key *a, const struct known_key *b)
{
    uint64_t differ = a->whose ^ b->whose;
    for (size_t i = 0; i < PARTS; i++)
        differ |= a->part[i] ^ b->part[i];
    return differ == 0;
}

/* Whether a list's place has room here. */
static bool fits(const struct term_info *info)
{
    return info->place.inline_len <= LINE - 8;
}

static void put_info(struct known_term *known, const struct term_info *info)
{
    known->list_kind = info->place.kind;
    known->alias = info->alias;
    known->at = info->at;
    known->df = info->df;
    known->max_impact = info->max_impact;
    memcpy(known->kth_impact, info->kth_impact, sizeof known->kth_impact);
    known->ttf = info->ttf;
    known->inline_len = info->place.inline_len;
    if (info->place.inline_len > 0) {
        memcpy(known->inline_bytes, info->place.inline_bytes, info->place.inline_len);
        return;
    }
    known->place.post = info->place.post;
    known->place.pos = info->place.pos;
    known->place.post_len = info->place.post_len;
}

static void take_info(const struct known_term *known, struct term_info *info)
{
    info->place.kind = known->list_kind;
    info->alias = known->alias;
    info->at = known->at;
    info->df = known->df;
    info->max_impact = known->max_impact;
    memcpy(info->kth_impact, known->kth_impact, sizeof info->kth_impact);
    info->ttf = known->ttf;
    info->place.inline_len = known->inline_len;
    const bool listed = known->inline_len == 0;
    if (!listed)
        memcpy(info->place.inline_bytes, known->inline_bytes, known->inline_len);
    info->place.post = listed ? known->place.post : 0;
    info->place.pos = listed ? known->place.pos : 0;
    info->place.post_len = listed ? known->place.post_len : 0;
}

/* The key's place in its set, which is the latest then; NULL: it is not there. */
static inline struct known_term *recall(struct known_term *set, const struct known_key *key)
{
    for (size_t i = 0; i < WAYS; i++) {
        if (!same_key(&set[i].key, key))
            continue;
        if (!set[i].latest) {
            set[i].latest = true;
            set[1 - i].latest = false;
        }
        return &set[i];
    }
    return NULL;
}

/* Put what a segment has of a key, NULL for nothing, in the place of its set's older one.
 */
static void learn(struct known_term *set, const struct known_key *key,
                  const struct term_info *info)
{
    struct known_term *known = &set[set[0].latest];
    set[!set[0].latest].latest = false;
    *known = (struct known_term){.key = *key, .found = info != NULL, .latest = true};
    if (info)
        put_info(known, info);
}

clus_status clus__term_memory_find(struct term_memory *m, const struct segment *seg,
                                   struct store_txn *txn, struct bytes key,
                                   struct term_info *out)
{
    if (!m || key.len == 0 || key.len > 1 + TERM_MEMORY_KEY)
        return clus__segment_find(seg, txn, key, out);
    const struct known_key asked =
        key_of(seg, key.data[0], (struct bytes){key.data + 1, key.len - 1});
    struct known_term *set = set_of(m, &asked), *known = recall(set, &asked);
    if (known) {
        if (known->found)
            take_info(known, out);
        return known->found ? CLUS_OK : CLUS_DONE;
    }
    clus_status st = clus__segment_find(seg, txn, key, out);
    if (st == CLUS_DONE || (st == CLUS_OK && fits(out)))
        learn(set, &asked, st == CLUS_OK ? out : NULL);
    return st;
}

/* What is remembered of the stem that is a text. */
static struct known_term *recall_stem(const struct term_memory *m,
                                      const struct segment *seg, struct bytes text)
{
    if (text.len > TERM_MEMORY_KEY)
        return NULL;
    const struct known_key asked = key_of(seg, KEY_STEM, text);
    return recall(set_of(m, &asked), &asked);
}

void clus__term_memory_note_word(struct term_memory *m, const struct view *view,
                                 struct bytes text)
{
    for (uint32_t s = 0; m && s < view->n_segments; s++) {
        struct known_term *known = recall_stem(m, view->segments[s].seg, text);
        if (known)
            known->is_word = true;
    }
}

bool clus__term_memory_knows_word(struct term_memory *m, const struct view *view,
                                  struct bytes text)
{
    const struct known_term *known =
        m && view->n_segments > 0 ? recall_stem(m, view->segments[0].seg, text) : NULL;
    return known && known->is_word;
}

bool clus__term_memory_counts_word(struct term_memory *m, const struct view *view,
                                   struct bytes text, uint64_t *df)
{
    uint64_t sum = 0;
    for (uint32_t s = 0; s < view->n_segments; s++) {
        const struct known_term *known = recall_stem(m, view->segments[s].seg, text);
        if (!known || !known->is_word)
            return false;
        sum += known->df; /* 0 where it is missing */
    }
    *df = sum;
    return true;
}
