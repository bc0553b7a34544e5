/* Lines of a page and what each looks like by itself. */
#ifndef CSEARCH_PAGE_LINES_H
#define CSEARCH_PAGE_LINES_H

#include "page.h"

enum line_kind {
    LINE_SHORT,     /* a title, a name, a list entry: nothing is known */
    LINE_PROSE,     /* a paragraph of sentences */
    LINE_LINK,      /* looks like an entry of a list of other pages */
    LINE_DATE,      /* a date alone */
    LINE_NUMBER,    /* a counter, a rate, a time */
    LINE_PHRASE,    /* see `phrase` */
    LINE_LABEL,     /* see `label` */
    LINE_COPYRIGHT, /* © 2025 … */
    LINE_VIA /* «Газета» хабарлайды. Передаёт «Газета». */
};

enum line_zone { ZONE_EXTRA, ZONE_BODY, ZONE_TITLE };

struct line {
    clus_str text; /* trimmed; may span line ends where a paragraph is hard-wrapped */
    size_t points;
    bool gap; /* an empty line stands before it */
    bool ends_sentence;
    enum line_kind kind;
    enum line_zone zone;
    enum phrase_kind phrase;
    enum label_kind label;
    clus_str value; /* of a label, a phrase with a colon, a VIA or COPYRIGHT line */
};

struct lines {
    struct line *lines;
    size_t n, cap;
};

/* Split and classify. The texts point into `raw`. */
void lines_of(struct lines *lines, clus_str raw);
void lines_done(struct lines *lines);

/* A word or two: an entry of a menu. */
bool line_is_menu(const struct line *line);

#endif
