/* What parsing did not understand or follow. */
#include "query/complaint.h"

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

void clus__complaints_sort(struct complaints *list)
{
    for (size_t i = 1; i < list->n; i++) {
        struct complaint moving = list->items[i];
        size_t at = i;
        for (; at > 0 && list->items[at - 1].warning.offset > moving.warning.offset; at--)
            list->items[at] = list->items[at - 1];
        list->items[at] = moving;
    }
}
