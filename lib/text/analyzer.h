/* The rules that lexers share: character arrays, the kind and what identifies them. */
#ifndef CLUS_TEXT_ANALYZER_H
#define CLUS_TEXT_ANALYZER_H

#include "text/classes.h"
#include "text/lexer.h"

struct clus_analyzer {
    clus_analyzer_kind kind;
    struct classes classes;
    char fingerprint[160];
};

/* CLUS_E_ARGUMENT for an unknown kind; CLUS_E_NOMEM; CLUS_E_IO when ICU's data is missing.
 */
CLUS_MUST_CHECK clus_status clus__analyzer_new(clus_analyzer_kind kind,
                                               clus_analyzer **out);
void clus__analyzer_free(clus_analyzer *analyzer);

#endif
