/*
 * Any bytes become tokens that keep every promise of text/lexer.h. The first byte picks the
 * analyzer's kind, the rest is the text.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text/analyzer.h"
#include "text/fold.h"
#include "text/lexer.h"
#include "text/segment.h"
#include "text/utf8.h"

static void check(int holds)
{
    if (!holds)
        abort();
}

static void check_utf8(struct bytes b)
{
    for (const uint8_t *p = b.data, *end = p + b.len; p < end;) {
        size_t len;
        bool bad;
        (void)clus__utf8_at(p, end, &len, &bad);
        check(!bad);
        p += len;
    }
}

static void check_form(const clus_analyzer *analyzer, const struct form *form)
{
    struct folded again;
    check(form->text.len > 0 && form->text.len <= LEXER_MAX_TERM);
    check(form->term.len > 0 && form->term.len <= LEXER_MAX_TERM);
    check(form->lang <= CLUS_LANG_KK);
    if (analyzer->kind == CLUS_ANALYZER_WHITESPACE)
        return;
    check_utf8(form->text);
    check_utf8(form->term);
    check(clus__fold(&analyzer->classes, form->text, &again) == CLUS_OK);
    check(again.len == form->text.len &&
          memcmp(again.text, form->text.data, again.len) == 0);
}

static void check_tokens(const clus_analyzer *analyzer, const struct lexer *lx,
                         const struct token_list *list, size_t len)
{
    for (size_t i = 0; i < list->n; i++) {
        const struct token *t = &list->items[i], *last = i ? t - 1 : NULL;
        check(t->start < t->end && t->end <= len);
        check(!last || (last->end <= t->start && last->position < t->position));
        check(t->form < clus__lexer_form_count(lx));
        check(strcmp(clus__lexer_why(t->why), "unknown") != 0);
        check_form(analyzer, clus__lexer_form(lx, t->form));
    }
    check(list->invalid <= len && list->dropped <= len);
}

static void check_words(struct lexer *lx, struct bytes text)
{
    uint32_t forms[LEXER_MAX_READINGS], form;
    size_t n = 99;
    check(clus__lexer_readings(lx, text, forms, &n) == CLUS_OK && n <= LEXER_MAX_READINGS);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            check(clus__bytes_cmp(clus__lexer_form(lx, forms[i])->term,
                                  clus__lexer_form(lx, forms[j])->term) != 0);
    for (int lang = CLUS_LANG_OTHER; lang <= CLUS_LANG_KK; lang++)
        check((clus__lexer_word(lx, text, (clus_lang)lang, &form) == CLUS_OK) == (n > 0));
}

/* The automaton and ICU cut alike. */
static void check_segments(const clus_analyzer *analyzer, struct bytes text)
{
    struct segmenter *segmenter = NULL;
    struct token_list quick = {0}, by_icu = {0};
    check(clus__segmenter_new(&analyzer->classes, clus__cpu_best(), &segmenter) == CLUS_OK);
    check(clus__segment(segmenter, text, &quick) == CLUS_OK);
    check(clus__segment_by_icu(segmenter, text, &by_icu) == CLUS_OK);
    check(quick.n == by_icu.n && quick.invalid == by_icu.invalid);
    for (size_t i = 0; i < quick.n; i++)
        check(quick.items[i].start == by_icu.items[i].start &&
              quick.items[i].end == by_icu.items[i].end &&
              quick.items[i].why == by_icu.items[i].why);
    clus__token_list_done(&quick);
    clus__token_list_done(&by_icu);
    clus__segmenter_free(segmenter);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static clus_analyzer *analyzers[5]; /* kept for the process: making one is slow */
    if (size == 0)
        return 0;
    clus_analyzer **analyzer = &analyzers[data[0] % 5];
    if (!*analyzer)
        check(clus__analyzer_new((clus_analyzer_kind)(data[0] % 5), analyzer) == CLUS_OK);
    struct bytes text = {data + 1, size - 1};
    struct lexer *lx = NULL;
    struct token_list first = {0}, second = {0};
    check(clus__lexer_new(*analyzer, &lx) == CLUS_OK);
    check(clus__lexer_run(lx, text, &first) == CLUS_OK);
    check_tokens(*analyzer, lx, &first, text.len);
    check(clus__lexer_run(lx, text, &second) == CLUS_OK);
    check(first.n == second.n && first.invalid == second.invalid);
    for (size_t i = 0; i < first.n; i++)
        check(first.items[i].form == second.items[i].form &&
              first.items[i].start == second.items[i].start);
    check_words(lx, text);
    check_segments(*analyzer, text);
    clus__token_list_done(&first);
    clus__token_list_done(&second);
    clus__lexer_free(lx);
    return 0;
}
