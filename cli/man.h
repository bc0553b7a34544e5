/* The manual page, made from the tables of verbs and options. */
#ifndef CSEARCH_MAN_H
#define CSEARCH_MAN_H

#include "mem.h"

void man_text(struct text *t); /* roff, man(7) */

#endif
