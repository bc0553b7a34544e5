/*
 * The searchers' side of the protocol that `csearch bench --serve` speaks, too:
 *
 *     COMMAND TAB QUERY   ->   count TAB wall ns TAB number,number,… TAB CPU ns
 *
 * COMMAND is TOP_k, TOP_k_COUNT or COUNT. QUERY is `a b` (either), `+a +b` (both), `+a b c`
 * (a, better with b or c), `"a b"`, `a NEAR/5 b` (positions differ by 5 at most, in either
 * order), `a*` (words that begin so), `a~1` (words within one edit) or `+a +source:3` (a,
 * in documents of that source), of tokens as they were indexed. An empty line is answered
 * by an empty line and flushes. Only the engine's own call is timed, its parsing of the
 * query and the reading of the hits' numbers included. A count of -1 without numbers: the
 * engine cannot answer this.
 */
#ifndef PEERS_SEARCHER_H
#define PEERS_SEARCHER_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { MOST_HITS = 1000, MOST_WORDS = 64, LONGEST_QUERY = 4096 };

enum request_kind {
    WORDS,
    PHRASE,
    NEAR,   /* two words */
    PREFIX, /* one word, without its star */
    FUZZY   /* one word, one edit */
};

struct request {
    unsigned limit; /* the best so many, at most MOST_HITS; 0: only the count */
    bool count;     /* all that match are to be counted */
    enum request_kind kind;
    unsigned distance; /* of NEAR */
    long source;       /* 0: any */
    unsigned n_must;   /* the first so many words must be there; the others may */
    unsigned n;
    const char *words[MOST_WORDS];
};

struct reply {
    long long count; /* -1: not counted */
    unsigned n;
    long long numbers[MOST_HITS];
};

/* Search; leave *reply as it comes (nothing found, not counted) for what cannot be asked.
 */
typedef void search_fn(void *engine, const struct request *request, struct reply *reply);

/* Answer lines of standard input until it ends. */
int searcher_serve(search_fn *search, void *engine);

static inline bool request_any(const struct request *r)
{
    return r->kind == WORDS && r->n_must == 0;
}

/* Words of which the first must be there and others may. */
static inline bool request_mixed(const struct request *r)
{
    return r->kind == WORDS && r->n_must > 0 && r->n_must < r->n;
}

static inline bool request_all(const struct request *r)
{
    return r->kind == WORDS && r->n_must == r->n;
}

/* A text that the caller clears, adds to and gives to the engine. What does not fit ends
 * the program. */
struct query_text {
    size_t len;
    char data[LONGEST_QUERY * 4];
};

__attribute__((format(printf, 2, 3))) void query_add(struct query_text *text,
                                                     const char *format, ...);

/* Add the words from `from` to `to`, each within `quote`s and parted by `between`. */
void query_add_words(struct query_text *text, const struct request *r, unsigned from,
                     unsigned to, const char *quote, const char *between);

#ifdef __cplusplus
}
#endif

#endif
