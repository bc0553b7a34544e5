/* What the two readers of HTML share: the tree and the one for hostile pages. */
#ifndef CSEARCH_PAGE_HTML_H
#define CSEARCH_PAGE_HTML_H

#include "page.h"

/* Whether elements are nested deeper, or have more attributes, than a parser that spends
 * the square of either should be asked to follow. */
bool html_is_hostile(clus_str raw);

/* Text without tags, scripts and styles, in one pass and no memory for nesting. */
void html_strip(struct text *to, clus_str raw);

/* schema.org metadata in JSON: date, publisher, keywords. Copies what it keeps. */
void html_take_json(struct page *page, clus_str json);

#endif
