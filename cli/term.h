/* The terminal, if there is one: its width and whether to use colours. */
#ifndef CSEARCH_TERM_H
#define CSEARCH_TERM_H

#include "mem.h"

enum color_when { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };
extern const char *const color_names[];

struct term {
    bool color;
    size_t columns; /* 0: not a terminal, lines may be as long as they like */
};

struct term term_of(int fd, enum color_when when);

/* Colours by what they mean. */
enum paint { PAINT_TITLE, PAINT_MARK, PAINT_DIM, PAINT_NONE };
void term_paint(struct text *t, const struct term *term, enum paint paint);

/* Send what standard output gets through $PAGER until pager_end. Does nothing when
 * standard output is no terminal. */
struct pager {
    int pid; /* 0: none */
};
void pager_start(struct pager *p);
void pager_end(struct pager *p);

#endif
