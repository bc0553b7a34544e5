/* Numbers into ascending order, in time that hardly depends on how they come. */
#ifndef CLUS_BASE_SORT_H
#define CLUS_BASE_SORT_H

#include <clustersearch/base.h>

/* `room` is for n numbers, which are lost. */
void clus__sort_u64(uint64_t *numbers, uint32_t n, uint64_t *room);

#endif
