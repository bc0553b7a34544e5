/*
 * What else a word may be called. Keys are the terms of a word or phrase in a language,
 * with blanks between, so that any inflected form finds them.
 */
#ifndef CLUS_TEXT_GLOSSARY_H
#define CLUS_TEXT_GLOSSARY_H

#include <clustersearch/glossary.h>

#include "text/lexer.h"

enum {
    GLOSSARY_MAX_WORDS = 8,    /* of one side of an entry */
    GLOSSARY_MAX_TARGETS = 64, /* of one key */
    GLOSSARY_MAX_KEYS = 2      /* of one text: a language each */
};

struct glossary_target {
    struct bytes terms; /* blanks between */
    struct bytes text;  /* as it was written */
    uint32_t n_words;
    float weight;
    clus_glossary_kind kind;
    struct glossary_target *next;
};

CLUS_MUST_CHECK clus_status clus__glossary_new(const clus_analyzer *analyzer,
                                               clus_glossary **out);
void clus__glossary_free(clus_glossary *g); /* NULL is fine */
CLUS_MUST_CHECK clus_status clus__glossary_add(clus_glossary *g,
                                               const clus_glossary_entry *entry,
                                               clus_error *err);
/* glossary_parse.c */
CLUS_MUST_CHECK clus_status clus__glossary_parse(clus_glossary *g, clus_glossary_kind kind,
                                                 struct bytes text, clus_error *err);

const clus_analyzer *clus__glossary_analyzer(const clus_glossary *g);
size_t clus__glossary_size(const clus_glossary *g);
/* Words of the longest key that begins with the word of `key`; 1 when there is none. */
uint32_t clus__glossary_longest(const clus_glossary *g, struct bytes key);
/* The language that most words of a text are likelier to be of; CLUS_LANG_OTHER when that
 * is even. */
CLUS_MUST_CHECK clus_status clus__glossary_language(struct lexer *lx, struct bytes text,
                                                    clus_lang *out);
/* The first target of a key, NULL for none. */
const struct glossary_target *clus__glossary_find(const clus_glossary *g, struct bytes key);

/* A letter for the language, then the terms. */
struct glossary_key {
    uint32_t len, n_words;
    uint8_t text[1 + GLOSSARY_MAX_WORDS * (LEXER_MAX_TERM + 1)];
};

/* The keys of a text read as `lang`; for CLUS_LANG_OTHER as Russian, then as
 * Kazakh. *n is 0 when it has no words or more than GLOSSARY_MAX_WORDS. */
CLUS_MUST_CHECK clus_status clus__glossary_keys(struct lexer *lx, struct bytes text,
                                                clus_lang lang,
                                                struct glossary_key keys[GLOSSARY_MAX_KEYS],
                                                uint32_t *n);

#endif
