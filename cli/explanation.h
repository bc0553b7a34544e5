/* The score of one document taken apart, for `explain` and `query --explain`. */
#ifndef CSEARCH_EXPLANATION_H
#define CSEARCH_EXPLANATION_H

#include <clustersearch/clustersearch.h>

#include "json_write.h"

/* Both write what is left of an explanation and say whether the document matches. */

/* A line a part, those of a part below it; `indent` blanks before each. */
bool explanation_text(struct text *t, clus_explanation *e, int indent);

/* The member "parts", an array, of the object that is open. */
bool explanation_json(struct json *j, clus_explanation *e);

#endif
