/*
 * Speed of the text layer on one thread, over the files or folders named:
 *
 *     micro_text data/articles/ru more.txt
 *
 * One line a measure; the best of several rounds, by CPU time, so that a busy machine
 * disturbs least.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "text/analyzer.h"
#include "text/forms.h"
#include "text/lexer.h"
#include "text/segment.h"

enum { ROUNDS = 9 };

static double cpu_seconds(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void need(bool holds, const char *what)
{
    if (holds)
        return;
    (void)fprintf(stderr, "micro_text: %s\n", what);
    exit(1);
}

static void read_file(const char *path, struct buf *text)
{
    FILE *file = fopen(path, "rb");
    need(file != NULL, path);
    for (;;) {
        uint8_t *room = clus__buf_room(text, 1 << 16);
        need(room != NULL, "out of memory");
        size_t n = fread(room, 1, 1 << 16, file);
        if (n == 0)
            break;
        text->len += n;
    }
    (void)fclose(file);
}

static void read_path(const char *path, struct buf *text)
{
    DIR *dir = opendir(path);
    if (!dir) {
        read_file(path, text);
        return;
    }
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        char name[4096];
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        read_file(name, text);
    }
    (void)closedir(dir);
}

struct job {
    clus_analyzer *analyzer;
    struct segmenter *segmenter;
    struct lexer *lexer;
    struct forms forms;
    struct stemmer *stemmer;
    struct token_list words, tokens;
    struct bytes text;
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
    struct bytes term;
    uint32_t n = clus__lexer_form_count(j->lexer);
    for (uint32_t i = 0; i < n; i++) {
        const struct form *form = clus__lexer_form(j->lexer, i);
        if (form->lang == CLUS_LANG_RU)
            need(clus__stem(j->stemmer, form->text, CLUS_LANG_RU, &term) == CLUS_OK,
                 "no stem");
    }
}

static double best(void (*work)(struct job *), struct job *j)
{
    double least = 1e9;
    for (int i = 0; i < ROUNDS; i++) {
        double t = cpu_seconds();
        work(j);
        t = cpu_seconds() - t;
        least = t < least ? t : least;
    }
    return least;
}

static void measure(struct job *j)
{
    double bytes = (double)j->text.len / 1e6;
    (void)printf("segment by icu      %8.1f MB/s\n", bytes / best(cut_by_icu, j));
    (void)printf("segment             %8.1f MB/s\n", bytes / best(cut_quickly, j));
    double tokens = (double)j->words.n;
    (void)printf("text                %8.1f MB in %.0f words\n", bytes, tokens);
    (void)printf("form lookup         %8.1f ns/word\n", best(look_up, j) / tokens * 1e9);
    (void)printf("analyze, first time %8.1f MB/s\n", bytes / best(run_afresh, j));
    double warm = best(run, j);
    (void)printf("analyze, warm       %8.1f MB/s, %.1f ns/word\n", bytes / warm,
                 warm / tokens * 1e9);
    uint32_t russian = 0, forms = clus__lexer_form_count(j->lexer);
    for (uint32_t i = 0; i < forms; i++)
        russian += clus__lexer_form(j->lexer, i)->lang == CLUS_LANG_RU;
    (void)printf("forms               %8u, %u of them russian\n", forms, russian);
    (void)printf("stem                %8.1f ns/form\n",
                 best(stem_all, j) / (russian ? russian : 1) * 1e9);
}

int main(int argc, char **argv)
{
    struct job j = {0};
    struct buf text = {0};
    for (int i = 1; i < argc; i++)
        read_path(argv[i], &text);
    need(text.len > 0, "name files or folders with text");
    j.text = clus__buf_bytes(&text);
    need(clus__analyzer_new(CLUS_ANALYZER_AUTO, &j.analyzer) == CLUS_OK &&
             clus__segmenter_new(&j.analyzer->classes, &j.segmenter) == CLUS_OK &&
             clus__lexer_new(j.analyzer, &j.lexer) == CLUS_OK &&
             clus__stemmer_new(&j.stemmer) == CLUS_OK,
         "cannot start");
    j.forms.classes = &j.analyzer->classes;
    measure(&j);
    clus__forms_clear(&j.forms);
    clus__token_list_done(&j.words);
    clus__token_list_done(&j.tokens);
    clus__stemmer_free(j.stemmer);
    clus__lexer_free(j.lexer);
    clus__segmenter_free(j.segmenter);
    clus__analyzer_free(j.analyzer);
    clus__buf_done(&text);
    return 0;
}
