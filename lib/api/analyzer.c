/* Public face of the text layer. */
#include <clustersearch/analyzer.h>

#include "base/alloc.h"
#include "base/error.h"
#include "text/analyzer.h"
#include "text/lexer.h"

struct clus_tokens {
    struct lexer *lexer; /* holds the forms */
    struct token_list list;
};

struct clus_stemmer {
    struct lexer *lexer;
};

enum {
    WORD_MAX = 1024,               /* bytes that clus_stemmer_term() takes */
    STEMMER_MEMORY_MAX = 64 << 20, /* bytes before it starts afresh */
};

clus_status clus_analyzer_new(clus_analyzer_kind kind, clus_analyzer **out, clus_error *err)
{
    if (!out)
        return clus__fail(err, CLUS_E_ARGUMENT, "no place for an analyzer");
    clus_status st = clus__analyzer_new(kind, out);
    if (st == CLUS_E_ARGUMENT)
        return clus__fail(err, st, "no analyzer kind %d", (int)kind);
    return clus__explain(err, st, "making an analyzer");
}

void clus_analyzer_free(clus_analyzer *analyzer)
{
    clus__analyzer_free(analyzer);
}

const char *clus_analyzer_fingerprint(const clus_analyzer *analyzer)
{
    return analyzer->fingerprint;
}

clus_status clus_analyze(const clus_analyzer *analyzer, clus_str text, clus_tokens **out,
                         clus_error *err)
{
    if (!analyzer || !out || (!text.data && text.len > 0))
        return clus__fail(err, CLUS_E_ARGUMENT, "no analyzer, text or place for tokens");
    clus_tokens *tokens = clus__calloc(1, sizeof *tokens);
    if (!tokens)
        return clus__explain(err, CLUS_E_NOMEM, "analyzing a text");
    clus_status st = clus__lexer_new(analyzer, &tokens->lexer);
    if (st == CLUS_OK)
        st = clus__lexer_run(tokens->lexer, clus__bytes_of_str(text), &tokens->list);
    if (st != CLUS_OK) {
        clus_tokens_free(tokens);
        if (st == CLUS_E_LIMIT)
            return clus__fail(err, st, "a text of %zu bytes is over 1 GiB", text.len);
        return clus__explain(err, st, "analyzing a text");
    }
    *out = tokens;
    return CLUS_OK;
}

uint64_t clus_tokens_count(const clus_tokens *tokens)
{
    return tokens->list.n;
}

uint64_t clus_tokens_invalid(const clus_tokens *tokens)
{
    return tokens->list.invalid;
}

clus_status clus_tokens_get(const clus_tokens *tokens, uint64_t i, clus_token *out)
{
    if (i >= tokens->list.n)
        return CLUS_DONE;
    const struct token *t = &tokens->list.items[i];
    const struct form *form = clus__lexer_form(tokens->lexer, t->form);
    *out = (clus_token){
        .start = t->start,
        .end = t->end,
        .position = t->position,
        .form = clus__str_of_bytes(form->text),
        .term = clus__str_of_bytes(form->term),
        .lang = (clus_lang)form->lang,
        .why = clus__lexer_why(t->why),
    };
    return CLUS_OK;
}

void clus_tokens_free(clus_tokens *tokens)
{
    if (!tokens)
        return;
    clus__token_list_done(&tokens->list);
    clus__lexer_free(tokens->lexer);
    clus__free(tokens);
}

clus_status clus_stemmer_new(const clus_analyzer *analyzer, clus_stemmer **out,
                             clus_error *err)
{
    if (!analyzer || !out)
        return clus__fail(err, CLUS_E_ARGUMENT, "no analyzer or place for a stemmer");
    clus_stemmer *stemmer = clus__calloc(1, sizeof *stemmer);
    clus_status st = stemmer ? clus__lexer_new(analyzer, &stemmer->lexer) : CLUS_E_NOMEM;
    if (st != CLUS_OK) {
        clus_stemmer_free(stemmer);
        return clus__explain(err, st, "making a stemmer");
    }
    *out = stemmer;
    return CLUS_OK;
}

clus_status clus_stemmer_term(clus_stemmer *stemmer, clus_str word, clus_lang lang,
                              clus_str *term)
{
    if (word.len > WORD_MAX)
        return CLUS_E_LIMIT;
    if ((unsigned)lang > CLUS_LANG_KK)
        return CLUS_E_ARGUMENT;
    if (clus__lexer_memory(stemmer->lexer) > STEMMER_MEMORY_MAX)
        clus__lexer_forget(stemmer->lexer);
    uint32_t form = 0;
    clus_status st =
        clus__lexer_word(stemmer->lexer, clus__bytes_of_str(word), lang, &form);
    if (st < 0)
        return st;
    *term = st == CLUS_DONE
                ? (clus_str){"", 0}
                : clus__str_of_bytes(clus__lexer_form(stemmer->lexer, form)->term);
    return CLUS_OK;
}

void clus_stemmer_free(clus_stemmer *stemmer)
{
    if (!stemmer)
        return;
    clus__lexer_free(stemmer->lexer);
    clus__free(stemmer);
}
