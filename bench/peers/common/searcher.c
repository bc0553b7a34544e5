/* The loop of every searcher written in C or C++. */
#include "searcher.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool parse_command(const char *name, struct request *r)
{
    char *rest;
    r->limit = 0;
    r->count = true;
    if (strcmp(name, "COUNT") == 0)
        return true;
    if (strncmp(name, "TOP_", 4) != 0)
        return false;
    r->limit = (unsigned)strtoul(name + 4, &rest, 10);
    r->count = strcmp(rest, "_COUNT") == 0;
    return r->limit > 0 && r->limit <= MOST_HITS && (r->count || *rest == 0);
}

/* What is no plain word: true where it was an operator or a filter, which are no words. */
static bool parse_special(char *word, struct request *r)
{
    size_t len = strlen(word);
    if (strncmp(word, "NEAR/", 5) == 0) {
        r->kind = NEAR;
        r->distance = (unsigned)strtoul(word + 5, NULL, 10);
        return true;
    }
    if (strncmp(word, "+source:", 8) == 0) {
        r->source = strtol(word + 8, NULL, 10);
        return true;
    }
    if (len > 1 && word[len - 1] == '*') {
        r->kind = PREFIX;
        word[len - 1] = 0;
    } else if (len > 2 && strcmp(word + len - 2, "~1") == 0) {
        r->kind = FUZZY;
        word[len - 2] = 0;
    }
    return false;
}

/* Cuts the query up in place. Words that must be there come first in every class. */
static bool parse_query(char *text, struct request *r)
{
    size_t len = strlen(text);
    r->n = r->n_must = r->distance = 0;
    r->source = 0;
    r->kind = WORDS;
    if (len > 2 && text[0] == '"' && text[len - 1] == '"') {
        r->kind = PHRASE;
        text[len - 1] = 0;
        text++;
    }
    for (char *word = text, *next; word && r->n < MOST_WORDS; word = next) {
        next = strchr(word, ' ');
        if (next)
            *next++ = 0;
        if (parse_special(word, r))
            continue;
        bool must = *word == '+';
        if (must && r->n_must < r->n)
            return false;
        r->n_must += must;
        r->words[r->n++] = word + must;
    }
    return r->n > 0;
}

static int64_t now_ns(clockid_t clock)
{
    struct timespec t;
    (void)clock_gettime(clock, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void answer(search_fn *search, void *engine, const char *command, char *query)
{
    static struct reply reply;
    struct request r;
    reply.count = -1;
    reply.n = 0;
    int64_t cpu = now_ns(CLOCK_THREAD_CPUTIME_ID), wall = now_ns(CLOCK_MONOTONIC);
    if (parse_command(command, &r) && parse_query(query, &r))
        search(engine, &r, &reply);
    wall = now_ns(CLOCK_MONOTONIC) - wall;
    cpu = now_ns(CLOCK_THREAD_CPUTIME_ID) - cpu;
    printf("%lld\t%lld\t", reply.count, (long long)wall);
    for (unsigned i = 0; i < reply.n; i++)
        printf(i ? ",%lld" : "%lld", reply.numbers[i]);
    printf("\t%lld\n", (long long)cpu);
}

int searcher_serve(search_fn *search, void *engine)
{
    static char line[LONGEST_QUERY];
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\r\n")] = 0;
        char *tab = strchr(line, '\t');
        if (tab) {
            *tab = 0;
            answer(search, engine, line, tab + 1);
        } else {
            putchar('\n');
            (void)fflush(stdout);
        }
    }
    return 0;
}

void query_add(struct query_text *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    size_t room = sizeof text->data - text->len;
    int n = vsnprintf(text->data + text->len, room, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= room) {
        fprintf(stderr, "a query is too long\n");
        exit(1);
    }
    text->len += (size_t)n;
}

void query_add_words(struct query_text *text, const struct request *r, unsigned from,
                     unsigned to, const char *quote, const char *between)
{
    for (unsigned i = from; i < to; i++)
        query_add(text, "%s%s%s%s", i > from ? between : "", quote, r->words[i], quote);
}
