/*
 * Any bytes as a text, its first ones as the query: a passage is one safe line of UTF-8 no
 * longer than asked, and its marks are pieces of it in order.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/chars.h"
#include "base/utf8.h"
#include "snippet/snippet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static bool is_unsafe(int32_t c)
{
    return c == CODE_BAD || c < ' ' || (c >= 0x7F && c < 0xA0) || c == 0x2028 ||
           c == 0x2029 || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) ||
           c == 0x200E || c == 0x200F || c == 0x61C;
}

static void check_text(struct bytes text, uint32_t max_chars)
{
    uint32_t chars = 0;
    size_t used;
    int32_t last = ' ';
    for (size_t at = 0; at < text.len; at += used, chars++) {
        int32_t c = clus__code_at(text, at, &used);
        require(!is_unsafe(c));
        require(c != ' ' || last != ' ');
        last = c;
    }
    require(text.len == 0 || last != ' ');
    require(chars <= max_chars);
}

static bool begins_code(struct bytes text, size_t at)
{
    return at == text.len || (text.data[at] & 0xC0) != 0x80;
}

static void check_marks(const struct passage *p)
{
    uint64_t behind = 0;
    struct bytes text = clus__buf_bytes(&p->text);
    for (size_t i = 0; i < p->n_marks; i++) {
        require(p->marks[i].start >= behind && p->marks[i].start < p->marks[i].end);
        require(p->marks[i].end <= p->text.len);
        require(begins_code(text, p->marks[i].start) && begins_code(text, p->marks[i].end));
        require(text.data[p->marks[i].start] != ' ');
        behind = p->marks[i].end;
    }
}

/* Words of the first bytes: as terms, as forms, and cut short as patterns. */
static size_t make_terms(struct lexer *lx, struct bytes text, struct mark_term *terms,
                         uint8_t texts[][LEXER_MAX_TERM + 1], size_t max)
{
    struct token_list tokens = {0};
    size_t n = 0;
    require(clus__lexer_run(lx, text, &tokens) == CLUS_OK);
    for (; n < tokens.n && n < max; n++) {
        const struct form *form = clus__lexer_form(lx, tokens.items[n].form);
        enum mark_kind kind = (enum mark_kind)(form->text.len % 3);
        struct bytes source = kind == MARK_TERM ? form->term : form->text;
        size_t len = kind == MARK_GLOB ? source.len / 2 : source.len;
        memcpy(texts[n], source.data, len);
        texts[n][len] = '*';
        terms[n] = (struct mark_term){
            kind, {texts[n], len + (kind == MARK_GLOB)}, (float)n / 2, (uint32_t)n};
    }
    clus__token_list_done(&tokens);
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { TERMS = 6 };
    static clus_analyzer *analyzer;
    struct mark_term terms[TERMS];
    uint8_t texts[TERMS][LEXER_MAX_TERM + 1];
    struct lexer *lx;
    struct passage p = {0};
    if (size < 2)
        return 0;
    if (!analyzer)
        require(clus_analyzer_new(CLUS_ANALYZER_AUTO, &analyzer, NULL) == CLUS_OK);
    require(clus__lexer_new(analyzer, &lx) == CLUS_OK);
    size_t of_query = data[0] % 32 < size - 2 ? data[0] % 32 : size - 2;
    uint32_t max_chars = 20 + data[1];
    struct bytes text = {data + 2 + of_query, size - 2 - of_query};
    size_t n = make_terms(lx, (struct bytes){data + 2, of_query}, terms, texts, TERMS);
    for (int i = 0; i < 2; i++) { /* the second time with what the first left behind */
        require(clus__snippet_select(lx, text, terms, n, max_chars, &p) == CLUS_OK);
        require(p.offset <= text.len);
        check_text(clus__buf_bytes(&p.text), max_chars);
        check_marks(&p);
    }
    size_t in_passage = p.n_marks;
    require(clus__snippet_mark(lx, text, terms, n, &p) == CLUS_OK);
    require(p.n_marks >= in_passage);
    for (size_t i = 0; i < p.n_marks; i++)
        require(p.marks[i].start < p.marks[i].end && p.marks[i].end <= text.len);
    clus__passage_done(&p);
    clus__lexer_free(lx);
    return 0;
}
