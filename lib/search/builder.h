/*
 * Shared by the files that turn a query's tree into clauses. A clause of NULL stands for a
 * part that says nothing (a word without letters, a range that was refused): its parent
 * goes on without it.
 */
#ifndef CLUS_SEARCH_BUILDER_H
#define CLUS_SEARCH_BUILDER_H

#include "search/expand.h"
#include "search/plan.h"

enum query_field {
    FIELD_ANY,
    FIELD_TITLE,
    FIELD_LEAD,
    FIELD_TEXT,
    FIELD_EXTRA,
    FIELD_TAG,
    FIELD_SOURCE,
    FIELD_LANG,
    FIELD_ID,
    FIELD_DATE,
    FIELD_UNKNOWN
};

struct spelling_found;
struct rewrite;

struct builder {
    struct plan *plan;
    struct lexer *lexer;
    struct scratch *scratch; /* to look for a phrase; NULL: none is looked for */
    const struct clus_glossary *glossary; /* NULL: none */
    clus_lang language;  /* with a glossary: of most words of the query; OTHER: even */
    struct bytes source; /* the query's text */
    clus_op op;
    uint32_t expand; /* bits of clus_expand */
    bool has_forms;  /* the index keeps surface forms apart from stems */
    bool question;   /* see search/question.h */
    bool negated;    /* below a NOT: nothing to show in snippets */
    bool known;      /* words of a phrase that the glossary has: not to be mended */
    int64_t now;
    uint32_t word; /* number of the current word, for marks */
    enum query_field field;
    float boost;

    /* search/mend.h: plain words met, and stretches of the query that are read otherwise */
    struct seen_word *seen;
    size_t n_seen, cap_seen;
    struct rewrite *rewrites;
    size_t n_rewrites, cap_rewrites;
};

enum {
    MAX_NEAR = 32, /* words that may stand in any order */
    KK_MAX_READINGS = 6,
    MAX_SPELLINGS = 4, /* texts read in a word's place: search/mend.h */
    MAX_READINGS = MAX_SPELLINGS * LEXER_MAX_READINGS + 2 * KK_MAX_READINGS
};

/* What a word has gathered so far. Only the counts are set at first. */
struct readings {
    struct member members[MAX_READINGS];
    uint32_t n;
    struct bytes seen[MAX_READINGS]; /* terms looked up */
    size_t n_seen;
    bool any; /* it holds a letter or digit */
};

/* A token on its way to be looked up. */
struct word_view {
    bool exact; /* surface forms instead of stems */
    bool known; /* it reads as itself: search/term_memory.h */
    struct bytes shown;
    const struct rewrite *by; /* what put it there; NULL: it stands in the query */
};

/* ---- builder.c ---- */
/* Room for one more element behind n of them: the array itself or a larger copy, NULL for
 * no memory. */
CLUS_MUST_CHECK void *clus__build_room(struct builder *b, void *items, size_t n,
                                       size_t *cap, size_t size);
CLUS_MUST_CHECK clus_status clus__build_warn(struct builder *b, const struct ast_node *at,
                                             const char *format, ...)
    __attribute__((format(printf, 3, 4)));
CLUS_MUST_CHECK clus_status clus__build_mark(struct builder *b, enum mark_kind kind,
                                             struct bytes text, float weight);
CLUS_MUST_CHECK clus_status clus__build_expansion(struct builder *b, struct bytes word,
                                                  struct bytes reading, const char *kind,
                                                  float weight);
/* Tell that a term is searched for a word, unless only deleted documents have it. */
CLUS_MUST_CHECK clus_status clus__build_told(struct builder *b, struct bytes word,
                                             const struct plan_term *term, const char *kind,
                                             float weight);
CLUS_MUST_CHECK clus_status clus__build_copy(struct builder *b, struct bytes text,
                                             struct bytes *out);
CLUS_MUST_CHECK clus_status clus__build_clause(struct builder *b, enum clause_kind kind,
                                               struct clause **out);
CLUS_MUST_CHECK clus_status clus__build_bool(struct builder *b, size_t n,
                                             struct clause **out);
/* Look a key up in every segment. `prefix` stands before `text` in the key. */
CLUS_MUST_CHECK clus_status clus__build_term(struct builder *b, uint8_t kind,
                                             struct bytes prefix, struct bytes text,
                                             const struct plan_term **out);
/* The same for a key that a walk has met: it is not looked for again. */
CLUS_MUST_CHECK clus_status clus__build_met(struct builder *b, uint8_t kind,
                                            const struct expanded *found,
                                            const struct plan_term **out);
/* Documents that hold one member at least, as far as frequencies tell. */
uint64_t clus__build_group_df(const struct builder *b, const struct member *members,
                              size_t n);

/* ---- plan.c ---- */
CLUS_MUST_CHECK clus_status clus__build_node(struct builder *b, const struct ast_node *ast,
                                             struct clause **out);

/* Make the field a node names the current one. */
CLUS_MUST_CHECK clus_status clus__build_enter_field(struct builder *b,
                                                    const struct ast_node *ast);

/* ---- plan_readings.c ---- */
/* The readings of one token, as it stands or in all the spellings put in its place. */
CLUS_MUST_CHECK clus_status clus__words_readings(struct builder *b,
                                                 const struct word_view *word,
                                                 struct bytes token, struct readings *r);

/* ---- plan_words.c ---- */
/* A word or a phrase. */
CLUS_MUST_CHECK clus_status clus__build_text(struct builder *b, const struct ast_node *ast,
                                             struct clause **out);

/* The unit that the tokens of a word or phrase make. Tokens that hold nothing leave a gap.
 */
CLUS_MUST_CHECK clus_status clus__words_unit(struct builder *b, const struct ast_node *ast,
                                             bool exact, struct span_unit *unit);
/* A clause of single slots or phrases; its weight is the sum of theirs. */
CLUS_MUST_CHECK clus_status clus__words_spans(struct builder *b, struct span_unit *units,
                                              uint32_t n_units, struct clause **out);
/* Whether nothing tells where words stand; then all of them, anywhere, with a warning. */
bool clus__words_without_places(const struct builder *b);
CLUS_MUST_CHECK clus_status clus__words_instead(struct builder *b,
                                                const struct ast_node *ast,
                                                const struct span_unit *units,
                                                uint32_t n_units, struct clause **out);
/* A text without letters or digits: a warning, and *out is NULL. */
CLUS_MUST_CHECK clus_status clus__words_nothing(struct builder *b,
                                                const struct ast_node *ast,
                                                struct clause **out);
/* Words at fixed places; all of them anywhere where places are not known. */
CLUS_MUST_CHECK clus_status clus__build_unit(struct builder *b, struct span_unit *unit,
                                             struct clause **out);

/* ---- plan_near.c ---- */
CLUS_MUST_CHECK clus_status clus__build_near(struct builder *b, const struct ast_node *ast,
                                             struct clause **out);

/* ---- plan_dictionary.c ---- */
/* Whether the index holds what the glossary has for a word of `leaf`: then it is no
 * misspelling. */
CLUS_MUST_CHECK clus_status clus__dictionary_knows(struct builder *b,
                                                   const struct ast_node *leaf,
                                                   struct bytes word, bool *knows);
/* Put other readings beside the clause of a word or phrase, whose slots are `unit`; beside
 * that of NEAR. */
CLUS_MUST_CHECK clus_status clus__dictionary_text(struct builder *b,
                                                  const struct ast_node *ast,
                                                  const struct span_unit *unit,
                                                  struct clause **clause);
CLUS_MUST_CHECK clus_status clus__dictionary_near(struct builder *b,
                                                  const struct ast_node *ast,
                                                  struct clause **clause);
/* How many words side by side, from child `first` on, are one entry of the glossary: *n is
 * 1 for none, else *text is to be given to clus__dictionary_phrase() with their clause. */
CLUS_MUST_CHECK clus_status clus__dictionary_run(struct builder *b,
                                                 const struct ast_node *parent,
                                                 size_t first, size_t *n,
                                                 struct bytes *text);
CLUS_MUST_CHECK clus_status clus__dictionary_phrase(struct builder *b, struct bytes text,
                                                    struct clause **clause);

/* ---- plan_kk.c ---- */
/* Add words that a folded one spells with other Kazakh letters; `shown` is how the query
 * has it. */
CLUS_MUST_CHECK clus_status clus__build_kk_letters(struct builder *b, struct bytes shown,
                                                   struct bytes form, struct readings *r);

/* Add words that one in Latin letters may stand for, as people type it: an alphabet without
 * marks leaves open what harmony or the index tells. */
CLUS_MUST_CHECK clus_status clus__build_kk_latin(struct builder *b, struct bytes shown,
                                                 struct bytes form, struct readings *r);

/* ---- kk_stem.c ---- */
/* The stem of an inflected word typed without Kazakh letters, by the dictionary of stems
 * and the stemmer, where no document has the form: шыгармашылыктарымызга has шығармашылық.
 * Of several the longest, then the most frequent. CLUS_DONE for none. */
CLUS_MUST_CHECK clus_status clus__kk_stem(struct builder *b, struct bytes form,
                                          struct spelling_found *out);

/* ---- plan_expand.c ---- */
CLUS_MUST_CHECK clus_status clus__build_wildcard(struct builder *b,
                                                 const struct ast_node *ast,
                                                 struct clause **out);
CLUS_MUST_CHECK clus_status clus__build_fuzzy(struct builder *b, const struct ast_node *ast,
                                              struct clause **out);
CLUS_MUST_CHECK clus_status clus__build_regex(struct builder *b, const struct ast_node *ast,
                                              struct clause **out);
/* field:glob over the filterable values. */
CLUS_MUST_CHECK clus_status clus__build_value_glob(struct builder *b,
                                                   const struct ast_node *ast,
                                                   const char *prefix, struct clause **out);

/* ---- plan_fields.c ---- */
enum query_field clus__field_of_name(struct bytes name);
bool clus__field_is_value(enum query_field field); /* tag, source, lang, id, date */
/* A node whose field is one of those. */
CLUS_MUST_CHECK clus_status clus__build_value(struct builder *b, const struct ast_node *ast,
                                              struct clause **out);
CLUS_MUST_CHECK clus_status clus__build_filters(struct builder *b,
                                                const clus_filter *filters, size_t n,
                                                struct clause **out, clus_error *err);

#endif
