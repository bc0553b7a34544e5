/* What lexer.c and lexer_word.c share. */
#ifndef CLUS_TEXT_LEXER_STATE_H
#define CLUS_TEXT_LEXER_STATE_H

#include "text/forms.h"
#include "text/lexer.h"

struct lexer {
    const clus_analyzer *analyzer;
    struct segmenter *segmenter;
    struct forms forms;
};

/* Split a text and look every word up; tokens[].form is then the number of a word. */
CLUS_MUST_CHECK clus_status clus__lexer_find_words(struct lexer *lx, struct bytes text,
                                                   struct token_list *out);
/* Whether a word's language is known without its neighbours. */
bool clus__lexer_decided(const struct lexer *lx, const struct word *w, clus_lang *lang,
                         uint8_t *why);
/* The form of a word read in an alphabet; FORMS_NONE when it is none. */
CLUS_MUST_CHECK clus_status clus__lexer_script(struct lexer *lx, uint32_t word,
                                               enum script_alphabet alphabet,
                                               uint32_t *form);

#endif
