/* Only the last star is ever tried again, so the time is at most the product of the
 * lengths. */
#include "base/glob.h"

#include "base/utf8.h"

static size_t character(struct bytes text, size_t at)
{
    size_t used;
    (void)clus__code_at(text, at, &used);
    return used;
}

bool clus__glob_match(struct bytes pattern, struct bytes text)
{
    size_t p = 0, t = 0, star = SIZE_MAX, from = 0;
    while (t < text.len) {
        if (p < pattern.len && pattern.data[p] == '*') {
            star = p++;
            from = t;
        } else if (p < pattern.len && pattern.data[p] == '?') {
            p++;
            t += character(text, t);
        } else if (p < pattern.len && pattern.data[p] == text.data[t]) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            from += character(text, from);
            t = from;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.data[p] == '*')
        p++;
    return p == pattern.len;
}
