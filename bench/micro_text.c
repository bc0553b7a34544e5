/*
 * Speed of the text layer on one thread, over the files or folders named:
 *
 *     micro_text data/articles/ru more.txt
 *
 * One line a figure, as measure.h writes it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "measure.h"
#include "text/analyzer.h"
#include "text/forms.h"
#include "text/lexer.h"
#include "text/segment.h"
#include "texts.h"

static void need(bool holds, const char *what)
{
    if (holds)
        return;
    (void)fprintf(stderr, "micro_text: %s\n", what);
    exit(1);
}

struct job {
    clus_analyzer *analyzer;
    struct segmenter *segmenter;
    struct lexer *lexer;
    struct forms forms;
    struct token_list words, tokens;
    struct bytes text;
    clus_lang lang; /* of the forms to stem */
};

static void cut_quickly(struct job *j)
{
    j->words.n = 0;
    need(clus__segment(j->segmenter, j->text, &j->words) == CLUS_OK, "cannot segment");
}

static void cut_by_icu(struct job *j)
{
    j->words.n = 0;
    need(clus__segment_by_icu(j->segmenter, j->text, &j->words) == CLUS_OK,
         "cannot segment");
}

static void look_up(struct job *j)
{
    need(clus__forms_look_up(&j->forms, j->text, j->words.items, j->words.n) == CLUS_OK,
         "cannot look up");
}

static void run(struct job *j)
{
    need(clus__lexer_run(j->lexer, j->text, &j->tokens) == CLUS_OK, "cannot analyze");
}

static void run_afresh(struct job *j)
{
    clus__lexer_forget(j->lexer);
    run(j);
}

static void stem_all(struct job *j)
{
    uint8_t room[STEM_ROOM];
    uint32_t n = clus__lexer_form_count(j->lexer);
    for (uint32_t i = 0; i < n; i++) {
        const struct form *form = clus__lexer_form(j->lexer, i);
        if (form->lang == j->lang)
            need(clus__stem(form->text, j->lang, room).len > 0, "no stem");
    }
}

static struct rounds rounds_of(void (*work)(struct job *), struct job *j)
{
    struct rounds r;
    for (int i = 0; i < MEASURE_ROUNDS; i++) {
        double begin = measure_now();
        work(j);
        r.seconds[i] = measure_now() - begin;
    }
    return r;
}

static void measure_words(struct job *j)
{
    double bytes = (double)j->text.len;
    struct rounds r = rounds_of(cut_by_icu, j);
    measure_rate("segment by ICU", "MB/s", &r, bytes, 1e6);
    r = rounds_of(cut_quickly, j);
    measure_rate("segment", "MB/s", &r, bytes, 1e6);
    r = rounds_of(look_up, j);
    measure_ns("form lookup", "ns/word", &r, (double)j->words.n);
    r = rounds_of(run_afresh, j);
    measure_rate("analyse, words new", "MB/s", &r, bytes, 1e6);
    r = rounds_of(run, j);
    measure_rate("analyse, words known", "MB/s", &r, bytes, 1e6);
}

static void measure_stems(struct job *j)
{
    static const struct {
        clus_lang lang;
        const char *name;
    } langs[] = {{CLUS_LANG_RU, "stem, Russian"}, {CLUS_LANG_KK, "stem, Kazakh"}};
    for (size_t i = 0; i < sizeof langs / sizeof *langs; i++) {
        uint32_t n = 0, forms = clus__lexer_form_count(j->lexer);
        for (uint32_t k = 0; k < forms; k++)
            n += clus__lexer_form(j->lexer, k)->lang == langs[i].lang;
        j->lang = langs[i].lang;
        struct rounds r = rounds_of(stem_all, j);
        if (n)
            measure_ns(langs[i].name, "ns/form", &r, n);
    }
}

int main(int argc, char **argv)
{
    struct job j = {0};
    struct buf text = {0};
    for (int i = 1; i < argc; i++)
        need(texts_read(argv[i], &text), argv[i]);
    need(text.len > 0, "name files or folders with text");
    j.text = clus__buf_bytes(&text);
    need(clus__analyzer_new(CLUS_ANALYZER_AUTO, &j.analyzer) == CLUS_OK &&
             clus__segmenter_new(&j.analyzer->classes, clus__cpu_best(), &j.segmenter) ==
                 CLUS_OK &&
             clus__lexer_new(j.analyzer, &j.lexer) == CLUS_OK,
         "cannot start");
    j.forms.classes = &j.analyzer->classes;
    measure_words(&j);
    measure_stems(&j);
    clus__forms_clear(&j.forms);
    clus__token_list_done(&j.words);
    clus__token_list_done(&j.tokens);
    clus__lexer_free(j.lexer);
    clus__segmenter_free(j.segmenter);
    clus__analyzer_free(j.analyzer);
    clus__buf_done(&text);
    return 0;
}
