/*
 * Text to tokens, for one thread: segmentation, folding, routing, stemming, each done once
 * per distinct word and remembered in a form table.
 *
 *     struct lexer *lx;
 *     struct token_list tokens = {0};
 *     clus__lexer_new(analyzer, &lx);
 *     clus__lexer_run(lx, text, &tokens);
 *     for (size_t i = 0; i < tokens.n; i++)
 *         use(clus__lexer_form(lx, tokens.items[i].form)->term);
 *
 * A form id stays valid until clus__lexer_forget(). Ids are dense from 0, so a caller can
 * keep an array beside them.
 */
#ifndef CLUS_TEXT_LEXER_H
#define CLUS_TEXT_LEXER_H

#include <clustersearch/analyzer.h>

#include "base/bytes.h"

enum {
    LEXER_MAX_TERM = 250
}; /* bytes of a form or term; longer tokens are dropped, counted as a position */

struct lexer;

/* A distinct folded surface form with the language it was routed to. */
struct form {
    struct bytes text; /* folded: NFKC case folding, ё → е, marks and look-alikes mended */
    struct bytes term; /* the stem, of Kazakh in other letters that of its Cyrillic word;
                          the same bytes as text where there is no stemmer */
    uint8_t lang;      /* clus_lang */
};

struct token {
    uint32_t start, end; /* bytes [start, end) of the text given */
    uint32_t form;       /* id for clus__lexer_form() */
    uint32_t position;   /* 0, 1, 2 … ; dropped tokens leave a gap */
    uint8_t why;         /* what decided the language: index for clus__lexer_why() */
};

struct token_list {
    struct token *items;
    size_t n, cap;
    uint64_t invalid; /* malformed byte sequences, each read as one U+FFFD */
    uint64_t dropped; /* tokens over LEXER_MAX_TERM */
    size_t langs[3];  /* tokens by the clus_lang they were read in */
};

CLUS_MUST_CHECK clus_status clus__lexer_new(const clus_analyzer *analyzer,
                                            struct lexer **out);
void clus__lexer_free(struct lexer *lx);

/* Replace the contents of *out (zero-initialised or used before) by the tokens of `text`,
 * at most 1 GiB. CLUS_E_LIMIT, CLUS_E_NOMEM. */
CLUS_MUST_CHECK clus_status clus__lexer_run(struct lexer *lx, struct bytes text,
                                            struct token_list *out);
void clus__token_list_done(struct token_list *list);

/* Whether a text of letters and digits is one word that was met before: its only token is
 * the whole of it then. */
bool clus__lexer_knows(struct lexer *lx, struct bytes text);

/* Valid until clus__lexer_forget() or clus__lexer_free(); the pointer itself only until the
 * next run. */
const struct form *clus__lexer_form(const struct lexer *lx, uint32_t form);
uint32_t clus__lexer_form_count(const struct lexer *lx);
size_t clus__lexer_memory(const struct lexer *lx); /* bytes held by the form table */
void clus__lexer_forget(struct lexer *lx); /* empty the form table: ids start at 0 again */
const char *clus__lexer_why(uint8_t why);

/* Every reading of a word that stands alone, as in a query, without guessing its language:
 * for a Cyrillic word without letters of one language only, the Russian and the Kazakh one;
 * for one in Latin or Arabic letters that may be Kazakh, the word as it is, then what it
 * means in each alphabet; for an abbreviation in capitals its other spelling too (ИТ, IT).
 * Distinct terms only, the likeliest first (a word in another script: as it is first).
 * Fills form ids; *n is 0 when the word has no letter or digit. `word` may hold several
 * tokens (IT-хаб): only the first is read. */
enum { LEXER_MAX_READINGS = 4 };
CLUS_MUST_CHECK clus_status clus__lexer_readings(struct lexer *lx, struct bytes word,
                                                 uint32_t forms[LEXER_MAX_READINGS],
                                                 size_t *n);

/* Whether a word that was read before has no other reading than itself as it stands, the
 * first *term_len bytes of which are its term: told by one look, without its form. */
bool clus__lexer_reads_itself(struct lexer *lx, struct bytes word, size_t *term_len);

/* The form of one word read as `lang` (CLUS_LANG_OTHER: its own letters decide). CLUS_DONE
 * when it holds no letter or digit. */
CLUS_MUST_CHECK clus_status clus__lexer_word(struct lexer *lx, struct bytes word,
                                             clus_lang lang, uint32_t *form);

#endif
