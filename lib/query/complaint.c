/* What parsing did not understand or follow. */
#include "query/complaint.h"

#include "base/error.h"

void clus__complain(struct complaints *list, clus_status status, size_t offset,
                    size_t length, const char *message)
{
    if (list->n == MAX_COMPLAINTS)
        return;
    if (list->n == MAX_COMPLAINTS - 1)
        message = "more like this follows and is not listed";
    list->items[list->n++] = (struct complaint){
        .warning = {.offset = (uint32_t)offset,
                    .length = (uint32_t)length,
                    .message = message},
        .status = status,
    };
}

/* By offset; those of one offset in the order they were noticed. */
static void sort(struct complaints *list)
{
    for (size_t i = 1; i < list->n; i++) {
        struct complaint moving = list->items[i];
        size_t at = i;
        for (; at > 0 && list->items[at - 1].warning.offset > moving.warning.offset; at--)
            list->items[at] = list->items[at - 1];
        list->items[at] = moving;
    }
}

clus_status clus__complaints_keep(struct clus_query *q, struct complaints *list,
                                  bool strict, clus_error *err)
{
    if (list->n == 0)
        return CLUS_OK;
    sort(list);
    if (strict)
        return clus__fail_at(err, list->items[0].status, list->items[0].warning.offset,
                             "%s", list->items[0].warning.message);
    q->warnings = clus__arena_alloc(&q->arena, list->n, sizeof *q->warnings);
    if (!q->warnings)
        return clus__explain(err, CLUS_E_NOMEM, "query");
    for (size_t i = 0; i < list->n; i++)
        q->warnings[i] = list->items[i].warning;
    q->n_warnings = list->n;
    return CLUS_OK;
}
