/*
 * Any bytes as a glossary or a list of synonyms: parsing ends, what is refused is told with
 * a line and a place in the text, and the same text read twice gives the same entries.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text/analyzer.h"
#include "text/glossary.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_targets(const clus_glossary *g, struct bytes key)
{
    uint32_t n = 0;
    for (const struct glossary_target *t = clus__glossary_find(g, key); t; t = t->next) {
        require(t->n_words >= 1 && t->n_words <= GLOSSARY_MAX_WORDS);
        require(t->terms.len >= t->n_words && t->text.len > 0);
        require(t->weight > 0.0f && t->weight <= 1.0f);
        n++;
    }
    require(n <= GLOSSARY_MAX_TARGETS);
}

static void check_lines(const clus_glossary *g, struct lexer *lx, struct bytes text)
{
    struct glossary_key keys[GLOSSARY_MAX_KEYS];
    for (size_t at = 0; at < text.len;) {
        const uint8_t *end = memchr(text.data + at, '\t', text.len - at);
        size_t len = end ? (size_t)(end - text.data) - at : text.len - at;
        uint32_t n;
        struct bytes part = {text.data + at, len};
        require(clus__glossary_keys(lx, part, CLUS_LANG_OTHER, keys, &n) == CLUS_OK);
        for (uint32_t i = 0; i < n; i++)
            check_targets(g, (struct bytes){keys[i].text, keys[i].len});
        at += len + 1;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static clus_analyzer *analyzer;
    if (size == 0)
        return 0;
    if (!analyzer)
        require(clus__analyzer_new(CLUS_ANALYZER_AUTO, &analyzer) == CLUS_OK);
    clus_glossary_kind kind =
        data[0] % 2 ? CLUS_GLOSSARY_SYNONYM : CLUS_GLOSSARY_DICTIONARY;
    struct bytes text = {data + 1, size - 1};
    clus_glossary *g = NULL;
    struct lexer *lx = NULL;
    clus_error err = {0};
    require(clus__glossary_new(analyzer, &g) == CLUS_OK);
    require(clus__lexer_new(analyzer, &lx) == CLUS_OK);
    clus_status st = clus__glossary_parse(g, kind, text, &err);
    require(st == CLUS_OK || st == CLUS_E_SYNTAX || st == CLUS_E_LIMIT);
    if (st != CLUS_OK) {
        require(strncmp(err.message, "line ", 5) == 0 && err.offset < text.len);
        text.len = (size_t)err.offset;
    }
    size_t n = clus__glossary_size(g);
    require(clus__glossary_parse(g, kind, text, &err) == CLUS_OK);
    require(st != CLUS_OK || clus__glossary_size(g) == n);
    check_lines(g, lx, text);
    clus__lexer_free(lx);
    clus__glossary_free(g);
    return 0;
}
