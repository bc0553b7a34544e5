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

/* Where a hash stands in the table or would be put. */
static struct merge_stem *slot_of(struct merge_stem *stems, size_t cap, uint64_t hash)
{
    size_t at = hash & (cap - 1);
    while (stems[at].hash && stems[at].hash != hash)
        at = (at + 1) & (cap - 1);
    return &stems[at];
}

static clus_status grow_table(struct merge *m)
{
    size_t cap = m->cap_stems ? m->cap_stems * 2 : 1024;
    struct merge_stem *stems = clus__calloc(cap, sizeof *stems);
    if (!stems)
        return CLUS_E_NOMEM;
    for (size_t i = 0; i < m->cap_stems; i++)
        if (m->stems[i].hash)
            *slot_of(stems, cap, m->stems[i].hash) = m->stems[i];
    clus__free(m->stems);
    m->stems = stems;
    m->cap_stems = cap;
    return CLUS_OK;
}

/* Beyond the bound on memory, or where a number is too large, forms get lists of their own:
 * larger, as right. */
clus_status clus__merge_remember(struct merge *m, struct bytes stem, uint64_t set,
                                 uint32_t df, uint64_t ttf)
{
    if (m->n_stems >= ALIAS_SET_MAX || ttf - df > UINT32_MAX)
        return CLUS_OK;
    if (4 * (m->n_stems + 1) > 3 * m->cap_stems) {
        clus_status st = grow_table(m);
        if (st != CLUS_OK)
            return st;
    }
    const struct merge_stem new = {stem_hash(stem, set), df, (uint32_t)(ttf - df)};
    struct merge_stem *slot = slot_of(m->stems, m->cap_stems, new.hash);
    m->n_stems += slot->hash == 0;
    *slot = new;
    return CLUS_OK;
}

const struct merge_stem *clus__merge_alias_of(const struct merge *m, struct bytes stem,
                                              uint64_t set)
{
    for (uint64_t rest = set; rest;) {
        const struct merge_input *in = &m->inputs[clus__take_bit(&rest)];
        if (!in->info.alias || clus__bytes_cmp(in->stem, stem) != 0)
            return NULL;
    }
    if (m->cap_stems == 0)
        return NULL;
    const struct merge_stem *slot = slot_of(m->stems, m->cap_stems, stem_hash(stem, set));
    return slot->hash ? slot : NULL;
}
