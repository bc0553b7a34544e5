/*
 * The common analysis: raw text in the form of lines.h on standard input, the same lines
 * with our own analyzer's terms on standard output. Only terms of ASCII, Latin and Cyrillic
 * letters and digits, of at most LONGEST bytes, are kept, so that no engine's rules of what
 * a token may be change the stream.
 *
 * usage: preanalyse < raw.tsv > pre.tsv
 */
#include <clustersearch/clustersearch.h>
#include <stdbool.h>
#include <stdio.h>

#include "lines.h"

enum { LONGEST = 80 };

static bool is_kept(clus_str term)
{
    const unsigned char *s = (const unsigned char *)term.data;
    for (size_t i = 0; i < term.len; i++) {
        if (s[i] >= 0x80) { /* of two bytes: U+00C0-U+024F, U+0400-U+052F */
            if (i + 1 >= term.len)
                return false;
            unsigned c = (s[i] & 0x1Fu) << 6 | (s[i + 1] & 0x3Fu);
            bool two = s[i] >= 0xC3 && s[i] < 0xE0;
            if (!two || !(c <= 0x24F || (c >= 0x400 && c <= 0x52F)))
                return false;
            i++;
        } else if (!((s[i] >= 'a' && s[i] <= 'z') || (s[i] >= '0' && s[i] <= '9'))) {
            return false;
        }
    }
    return term.len > 0 && term.len <= LONGEST;
}

static bool write_tokens(const clus_tokens *tokens)
{
    clus_token token;
    bool first = true;
    for (uint64_t i = 0; clus_tokens_get(tokens, i, &token) == CLUS_OK; i++) {
        if (!is_kept(token.term))
            continue;
        if (!first)
            putchar(' ');
        (void)fwrite(token.term.data, 1, token.term.len, stdout);
        first = false;
    }
    putchar('\n');
    return !ferror(stdout);
}

int main(void)
{
    clus_analyzer *analyzer = NULL;
    clus_tokens *tokens;
    clus_error err;
    struct lines in = lines_open("/dev/stdin");
    struct line line;
    clus_status st = clus_analyzer_new(CLUS_ANALYZER_AUTO, &analyzer, &err);
    puts("id\tsource\ttext");
    while (st == CLUS_OK && lines_next(&in, &line)) {
        st = clus_analyze(analyzer, (clus_str){line.text, line.len}, &tokens, &err);
        if (st != CLUS_OK)
            break;
        printf("%ld\t%ld\t", line.number, line.source);
        bool written = write_tokens(tokens);
        clus_tokens_free(tokens);
        if (!written)
            return 1;
    }
    clus_analyzer_free(analyzer);
    if (st != CLUS_OK)
        fprintf(stderr, "preanalyse: %s\n", err.message);
    return st != CLUS_OK || fflush(stdout) != 0;
}
