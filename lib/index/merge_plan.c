/* The policy of merging. Only neighbours are merged, so documents stay in order of their
 * numbers over all segments. */
#include "index/merge_plan.h"

#include "index/merge.h"
#include "index/writer.h"

enum {
    FACTOR = 8, /* ratio of two levels; parts of one level that are merged */
    SMALL_FACTOR =
        4, /* of the levels below SMALL_LEVELS: little to write, many to search */
    SMALL_LEVELS = 3,
    LEVELS = 12,
    ENCLOSED_RATIO = 4,
    ALIKE_RATIO =
        2, /* parts that differ by less are alike on both sides of a level's end */
    SEGMENT_DEAD_PERCENT = 30,
    PACK_DEAD_PERCENT = 50,
    SEGMENT_UNIT = 32 << 10,
    PACK_UNIT = 16 << 10
};
static const uint64_t segment_max = UINT64_C(5) << 30; /* larger ones only by compaction */

struct plan_rules clus__plan_segments(void)
{
    return (struct plan_rules){SEGMENT_UNIT, segment_max, SEGMENT_DEAD_PERCENT};
}

struct plan_rules clus__plan_packs(void)
{
    return (struct plan_rules){PACK_UNIT, PACK_MERGE_MAX, PACK_DEAD_PERCENT};
}

static unsigned level_of(const struct plan_rules *rules, uint64_t bytes)
{
    unsigned level = 0;
    for (uint64_t top = rules->unit; bytes > top && level < LEVELS; top *= FACTOR)
        level++;
    return level;
}

/* What may become one part. */
struct sums {
    uint64_t bytes, docs;
};

static bool joins(const struct plan_rules *rules, const struct sums *sums,
                  const struct plan_part *first, const struct plan_part *next)
{
    return sums->bytes + next->bytes <= rules->max_bytes &&
           sums->docs + next->ndocs <= SEGMENT_MAX_DOCS &&
           next->last_docnum - first->first_docnum < UINT32_MAX;
}

size_t clus__plan_fit(const struct plan_rules *rules, const struct plan_part *parts,
                      size_t from, size_t to)
{
    struct sums sums = {0};
    size_t at = from;
    while (at < to && at - from < MERGE_MAX_INPUTS &&
           joins(rules, &sums, &parts[from], &parts[at])) {
        sums.bytes += parts[at].bytes;
        sums.docs += parts[at].ndocs;
        at++;
    }
    return at - from;
}

static bool is_member(const struct plan_rules *rules, uint64_t bytes, unsigned level)
{
    uint64_t up_to = level > SMALL_LEVELS ? ALIKE_RATIO * bytes : bytes;
    return level_of(rules, up_to) >= level;
}

/* The first run of neighbours up to `level` that has enough of this level. Of a large one
 * those count that are nearly of it: a bulk load's runs, all of about one size, may lie on
 * both sides of a level's end. */
static bool find_tier(const struct plan_rules *rules, const struct plan_part *parts,
                      size_t n, unsigned level, size_t *from, size_t *count)
{
    size_t factor = level < SMALL_LEVELS ? SMALL_FACTOR : FACTOR;
    for (size_t at = 0; at < n; at++) {
        size_t begin = at, members = 0;
        while (at < n && !parts[at].locked && level_of(rules, parts[at].bytes) <= level) {
            members += is_member(rules, parts[at].bytes, level);
            at++;
        }
        if (members < factor)
            continue;
        size_t fits = clus__plan_fit(rules, parts, begin, at);
        if (fits >= factor / 2) {
            *from = begin;
            *count = fits;
            return true;
        }
    }
    return false;
}

/* Neighbours before a larger part: no commit adds to them any more, so they are made one
 * without waiting for others of their level. Not with what is much larger than all of them
 * together. */
static bool find_enclosed(const struct plan_rules *rules, const struct plan_part *parts,
                          size_t n, size_t *from, size_t *count)
{
    for (size_t end = 1; end < n; end++) {
        unsigned level = level_of(rules, parts[end].bytes);
        size_t begin = end;
        uint64_t sum = 0;
        while (begin > 0 && !parts[begin - 1].locked &&
               level_of(rules, parts[begin - 1].bytes) < level &&
               parts[begin - 1].bytes <= parts[end].bytes / ALIKE_RATIO &&
               (sum == 0 || parts[begin - 1].bytes <= ENCLOSED_RATIO * sum))
            sum += parts[--begin].bytes;
        if (end - begin >= 2 && clus__plan_fit(rules, parts, begin, end) == end - begin) {
            *from = begin;
            *count = end - begin;
            return true;
        }
    }
    return false;
}

static bool is_dying(const struct plan_rules *rules, const struct plan_part *part)
{
    return part->n_dead == part->ndocs ||
           (uint64_t)part->n_dead * 100 > (uint64_t)part->ndocs * rules->dead_percent;
}

bool clus__plan_next(const struct plan_rules *rules, const struct plan_part *parts,
                     size_t n, size_t *from, size_t *count)
{
    for (unsigned level = 0; level < LEVELS; level++) {
        if (find_tier(rules, parts, n, level, from, count))
            return true;
    }
    if (find_enclosed(rules, parts, n, from, count))
        return true;
    for (size_t i = 0; i < n; i++) {
        if (!parts[i].locked && is_dying(rules, &parts[i])) {
            *from = i;
            *count = 1;
            return true;
        }
    }
    return false;
}

bool clus__plan_compact(const struct plan_rules *rules, const struct plan_part *parts,
                        size_t n, size_t *from, size_t *count)
{
    for (size_t i = 0; i < n; i++) {
        size_t fits = clus__plan_fit(rules, parts, i, n);
        if (fits >= 2 || parts[i].n_dead > 0) {
            *from = i;
            *count = fits ? fits : 1;
            return true;
        }
    }
    return false;
}
