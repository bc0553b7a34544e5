/*
 * A page taken apart: title, date, source, tags and the article on one side, the page's
 * furniture (menus, tickers, "recent posts", comment prompts) on the other. Furniture stays
 * searchable as document.extra but weighs least and is never shown.
 *
 * Every rule demands proof for furniture: a text that shows none is kept whole, so plain
 * notes, poems and books lose nothing.
 */
#ifndef CSEARCH_PAGE_H
#define CSEARCH_PAGE_H

#include "input.h"

struct page {
    struct pool pool; /* owns what is not in the page's own bytes */
    clus_str title, date, source, url, lang;
    struct text body, extra;
    struct tag_list tags;
    struct field_list fields;
};

/* Keeps its memory for the next page. */
void page_reset(struct page *page);
void page_done(struct page *page);

/* Each may keep pointers into `raw`, which must live as long as what is in the page. */
void page_from_text(struct page *page, clus_str raw);
void page_from_markdown(struct page *page, clus_str raw);
void page_from_html(struct page *page, clus_str raw);

/* A calendar date found in a text. */
struct page_date {
    unsigned year; /* 0: the text names none */
    unsigned month, day;
    size_t start, end; /* bytes of the text */
    char iso[40];      /* with the time where an ISO date has one; "" without a year */
};

/* The first date in a text. Day numbers may be glued to a counter before them, as in
 * "54601 мая 2025". */
bool date_find(clus_str text, struct page_date *out);
/* Whether the line is a date and nothing else but a counter, a time and small words. */
bool date_is_line(clus_str line, struct page_date *out);

/* What kind of line a fixed phrase announces. */
enum phrase_kind {
    PHRASE_NONE,
    PHRASE_INLINE, /* "read also": a link or a few, then the article goes on */
    PHRASE_BLOCK,  /* "recent posts": a list of other pages */
    PHRASE_TAIL,   /* comments: the article is over */
    PHRASE_LINE    /* the line alone is furniture */
};

/* Look a line up in the short list of phrases of Russian, Kazakh and English pages.
 * *rest: what follows the phrase and a colon, for "Читайте также: …". */
enum phrase_kind phrase_of_line(clus_str line, clus_str *rest);

/* Labels: "Categories: …", "Источник: …", "Фото: …". */
enum label_kind { LABEL_NONE, LABEL_TAGS, LABEL_SOURCE, LABEL_CREDIT, LABEL_URL };
enum label_kind label_of_line(clus_str line, clus_str *value);

/* Sort the lines of `raw` into body and extra; sets what of title, date, source and tags is
 * absent. `with_title`: the first fitting line is the title. */
void page_sort_lines(struct page *page, clus_str raw, bool with_title);

/* Case folded for comparison: Latin and Cyrillic letters small, ё as е. */
void page_fold(struct text *to, clus_str s);

#endif
