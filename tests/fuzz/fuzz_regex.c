/*
 * Any bytes as a regular expression and as keys, one a line behind the pattern's: it is
 * refused with a reason or takes all keys; well-formed ones match the same whether what
 * they share is told or not, and have the beginning that was promised; what was called dead
 * has no match.
 */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "search/regex.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static struct bytes take_line(struct bytes *in)
{
    const uint8_t *end = in->len ? memchr(in->data, '\n', in->len) : NULL;
    struct bytes line = {in->data, end ? (size_t)(end - in->data) : in->len};
    size_t used = line.len + (end != NULL);
    *in = (struct bytes){in->data + used, in->len - used};
    return line;
}

static bool is_well_formed(struct bytes text)
{
    size_t used;
    for (size_t at = 0; at < text.len; at += used)
        if (clus__code_at(text, at, &used) == CODE_BAD)
            return false;
    return true;
}

static size_t shared_bytes(struct bytes a, struct bytes b)
{
    size_t n = 0;
    while (n < a.len && n < b.len && a.data[n] == b.data[n])
        n++;
    return n;
}

static void match_keys(struct regex *told, struct regex *afresh, struct bytes keys)
{
    uint8_t beginning[64];
    size_t len = clus__regex_beginning(told, beginning, sizeof beginning);
    struct bytes before = {NULL, 0};
    require(len <= sizeof beginning);
    while (keys.len > 0) {
        struct bytes key = take_line(&keys);
        if (!is_well_formed(key)) {
            (void)clus__regex_step(afresh, key, 0);
            continue;
        }
        size_t dead = clus__regex_dead(told), shared = shared_bytes(before, key);
        bool match = clus__regex_step(told, key, shared);
        clus__regex_restart(afresh);
        require(match == clus__regex_step(afresh, key, 0));
        require(!match || (key.len >= len && memcmp(key.data, beginning, len) == 0));
        require(!match || dead == 0 || shared < dead);
        before = key;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = {data, size}, pattern = take_line(&in);
    struct regex *told = NULL, *afresh = NULL;
    const char *why = NULL;
    clus_status st = clus__regex_new(pattern, &told, &why);
    require(st == CLUS_OK || st == CLUS_E_NOMEM || why);
    if (st == CLUS_OK && clus__regex_new(pattern, &afresh, &why) == CLUS_OK)
        match_keys(told, afresh, in);
    clus__regex_free(told);
    clus__regex_free(afresh);
    return 0;
}
