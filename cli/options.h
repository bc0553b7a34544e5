/*
 * One table of options a verb: the parser, the help, the manual page and the completions
 * of the shells all read it, so they cannot disagree.
 */
#ifndef CSEARCH_OPTIONS_H
#define CSEARCH_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "mem.h"

enum option_kind {
    OPTION_END = 0,
    OPTION_FLAG,   /* bool */
    OPTION_UINT,   /* uint64_t, `min` to `max` */
    OPTION_SIZE,   /* uint64_t bytes; K, M, G may follow */
    OPTION_TEXT,   /* const char * */
    OPTION_LIST,   /* struct option_list; may be given many times */
    OPTION_CHOICE, /* int: position in `choices` */
    OPTION_ABSENT  /* known, with a value, not available in this version */
};

/* What OPTION_LIST gathers. */
struct option_list {
    const char **items;
    size_t n;
    size_t cap;
};

struct option {
    const char *name; /* without the dashes; NULL when there is only the letter */
    char letter;      /* 0: none */
    enum option_kind kind;
    size_t offset;     /* in the verb's struct */
    const char *value; /* what the value is called in help: "N", "FILE", "DIR" */
    const char *help;
    uint64_t min, max;
    uint64_t initial;           /* of an OPTION_UINT that is not given */
    const char *const *choices; /* NULL-terminated */
};

struct call;

struct verb {
    const char *name;
    const char *alias;    /* NULL: none */
    const char *operands; /* "QUERY…" */
    const char *summary;  /* one line */
    const char *about;    /* paragraphs for `help VERB`; NULL: none */
    const struct option *options;
    size_t size;                         /* of the struct the options fill */
    int (*run)(const struct call *call); /* NULL: not available in this version */
};

/* One call of a verb. */
struct call {
    const struct verb *verb;
    const char *index;   /* the index's directory */
    bool index_is_given; /* by -i, not by the environment */
    const void *options; /* the verb's struct, zeroed where nothing was given */
    char **operands;
    size_t n_operands;
};

/* Parse what follows the verb. EXIT_FOUND, or EXIT_USAGE after a message. `filled` is the
 * verb's struct; *help is set when help was asked for. */
int options_parse(struct call *call, char **argv, void *filled, bool *help);

/* Free what the lists among the options hold. */
void options_release(const struct verb *verb, void *filled);

/* Options that every verb takes: the index and help. */
extern const struct option common_options[];

/* How an option is written, e.g. "-n, --limit N". */
void option_title(struct text *t, const struct option *option);

/* The nearest of the names, when it is near enough to be a slip of the finger. */
struct nearest {
    const char *name;
    size_t distance;
};
void nearest_try(struct nearest *best, const char *typed, const char *name);

/* Bytes: digits and K, M, G (powers of 1024). */
bool parse_size(const char *s, uint64_t *bytes);

#endif
