/*
 * An order of documents in which those that share terms stand together, by recursive graph
 * bisection (Dhulipala et al., "Compressing graphs and indexes with recursive graph
 * bisection", KDD 2016): gaps in lists get smaller, and the best documents of a query lie
 * in fewer blocks.
 */
#ifndef CLUS_INDEX_BISECT_H
#define CLUS_INDEX_BISECT_H

#include <clustersearch/base.h>

/* Terms of each document: those of document d are terms[starts[d]] up to starts[d + 1]. */
struct forward_index {
    uint32_t n_docs, n_terms;
    uint64_t *starts;
    uint32_t *terms; /* each below n_terms, no term twice in a document */
};

/* order: n_docs documents, in the order to begin from; becomes the new one. The same input
 * gives the same order. CLUS_E_NOMEM leaves a part of the work done. */
CLUS_MUST_CHECK clus_status clus__bisect(const struct forward_index *index,
                                         uint32_t *order);

#endif
