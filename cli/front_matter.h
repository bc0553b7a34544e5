/* The YAML block at the head of a Markdown file. */
#ifndef CSEARCH_FRONT_MATTER_H
#define CSEARCH_FRONT_MATTER_H

#include "page.h"

/* Take title, date, source, url, tags and lang from the YAML text; other scalars become
 * fields. Copies what it keeps. What is not YAML is left out silently: the text below it
 * counts. */
void front_matter_take(struct page *page, clus_str yaml);

#endif
