/* --delete-missing: documents whose file is gone. */
#ifndef CSEARCH_INDEX_MISSING_H
#define CSEARCH_INDEX_MISSING_H

#include <clustersearch/clustersearch.h>

#include "options.h"

/* Stored field that names the file of a document found below a folder. */
#define INDEX_FILE_FIELD "file"

/* Delete, without committing, every document that came from a file below one of the folders
 * of this call which is not there any more. Exit status. */
int index_delete_missing(const struct call *call, clus_index *index, clus_writer *writer);

#endif
