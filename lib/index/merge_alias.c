/* Merging: which stems have been written, so that forms may share their lists. */
#include <string.h>

#include "base/alloc.h"
#include "base/le.h"
#include "index/hash.h"
#include "index/merge.h"

/* A form's list still is its stem's if it was in every input that has the stem. So each
 * stem is remembered together with the set of its inputs, as one hash. */
static uint64_t stem_hash(struct bytes stem, uint64_t set)
{
    uint8_t raw[KEY_MAX + 8];
    memcpy(raw, stem.data, stem.len);
    clus__put_le64(raw + stem.len, set);
    uint64_t hash = clus__hash64((struct bytes){raw, stem.len + 8});
    return hash ? hash : 1;
}

/* Where a hash stands in the set or would be put. */
static uint64_t *slot_of(uint64_t *set, size_t cap, uint64_t hash)
{
    size_t at = hash & (cap - 1);
    while (set[at] && set[at] != hash)
        at = (at + 1) & (cap - 1);
    return &set[at];
}

static clus_status grow_set(struct merge *m)
{
    size_t cap = m->alias_cap ? m->alias_cap * 2 : 1024;
    uint64_t *set = clus__calloc(cap, sizeof *set);
    if (!set)
        return CLUS_E_NOMEM;
    for (size_t i = 0; i < m->alias_cap; i++) {
        uint64_t hash = m->alias_set[i];
        if (hash)
            *slot_of(set, cap, hash) = hash;
    }
    clus__free(m->alias_set);
    m->alias_set = set;
    m->alias_cap = cap;
    return CLUS_OK;
}

/* Beyond the bound on memory forms get lists of their own: larger, as right. */
clus_status clus__merge_remember(struct merge *m, struct bytes stem, uint64_t set)
{
    if (m->alias_n >= ALIAS_SET_MAX)
        return CLUS_OK;
    if (4 * (m->alias_n + 1) > 3 * m->alias_cap) {
        clus_status st = grow_set(m);
        if (st != CLUS_OK)
            return st;
    }
    uint64_t hash = stem_hash(stem, set);
    uint64_t *slot = slot_of(m->alias_set, m->alias_cap, hash);
    m->alias_n += *slot == 0;
    *slot = hash;
    return CLUS_OK;
}

bool clus__merge_is_alias(const struct merge *m, struct bytes stem, uint64_t set)
{
    for (uint64_t rest = set; rest;) {
        const struct merge_input *in = &m->inputs[clus__take_bit(&rest)];
        if (!in->info.alias || clus__bytes_cmp(in->stem, stem) != 0)
            return false;
    }
    if (m->alias_cap == 0)
        return false;
    uint64_t hash = stem_hash(stem, set);
    return *slot_of(m->alias_set, m->alias_cap, hash) == hash;
}
