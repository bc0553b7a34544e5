/* Documents that were read back. */
#include <clustersearch/document.h>

#include "base/alloc.h"
#include "index/record.h"

const clus_document *clus_stored_view(const clus_stored *stored)
{
    return &stored->record.doc;
}

void clus_stored_free(clus_stored *stored)
{
    if (!stored)
        return;
    clus__record_done(&stored->record);
    clus__free(stored->bytes);
    clus__free(stored);
}
