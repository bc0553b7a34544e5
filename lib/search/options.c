/* Whether the options of a search can be followed. */
#include "base/error.h"
#include "search/search.h"

enum { MAX_LIMIT = 100000, MAX_OFFSET = 1000000, MAX_FILTERS = 64, MAX_RANKING = 1000 };

static bool is_there(clus_str s)
{
    return s.data || s.len == 0;
}

static clus_status check_filters(const clus_search_options *o, clus_error *err)
{
    if (o->n_filters > MAX_FILTERS || (o->n_filters > 0 && !o->filters))
        return clus__fail(err, CLUS_E_ARGUMENT, "%zu filters, at most %d", o->n_filters,
                          (int)MAX_FILTERS);
    for (size_t i = 0; i < o->n_filters; i++)
        if (!is_there(o->filters[i].field) || !is_there(o->filters[i].value))
            return clus__fail(err, CLUS_E_ARGUMENT, "filter %zu has a length and no bytes",
                              i);
    return CLUS_OK;
}

/* Also what is not a number. */
static clus_status check_ranking(const clus_ranking *r, clus_error *err)
{
    const float values[] = {
        r->k1,           r->b,           r->title_weight, r->lead_weight,
        r->extra_weight, r->title_share, r->exact_weight, r->family_weight,
        r->idf_power};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (!(values[i] <= MAX_RANKING))
            return clus__fail(err, CLUS_E_ARGUMENT, "parameter %zu of ranking is over %d",
                              i, (int)MAX_RANKING);
    return CLUS_OK;
}

clus_status clus__search_options_check(const clus_search_options *o, clus_error *err)
{
    for (size_t i = 0; i < sizeof o->reserved / sizeof o->reserved[0]; i++)
        if (o->reserved[i] != 0)
            return clus__fail(err, CLUS_E_ARGUMENT, "reserved search option %zu is set", i);
    if (o->limit > MAX_LIMIT)
        return clus__fail(err, CLUS_E_ARGUMENT, "limit %u is over %d", o->limit,
                          (int)MAX_LIMIT);
    if (o->offset > MAX_OFFSET)
        return clus__fail(err, CLUS_E_ARGUMENT, "offset %u is over %d", o->offset,
                          (int)MAX_OFFSET);
    if (o->count < CLUS_COUNT_BOUND || o->count > CLUS_COUNT_ONLY)
        return clus__fail(err, CLUS_E_ARGUMENT, "unknown count mode %d", (int)o->count);
    if (o->sort < CLUS_SORT_RELEVANCE || o->sort > CLUS_SORT_DATE_ASC)
        return clus__fail(err, CLUS_E_ARGUMENT, "unknown sort order %d", (int)o->sort);
    if (!(o->ranking.b <= 1.0f))
        return clus__fail(err, CLUS_E_ARGUMENT, "b of BM25 is over 1");
    clus_status st = check_ranking(&o->ranking, err);
    return st == CLUS_OK ? check_filters(o, err) : st;
}
