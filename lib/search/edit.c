/* One row of the usual table for each code point of the key. */
#include "search/edit.h"

#include "base/alloc.h"

enum { MAX_POINTS = 64, MAX_KEY = 256 };

struct edit_walk {
    uint32_t word[MAX_POINTS], n_word;
    uint32_t max;
    uint32_t key[MAX_KEY]; /* code points of the last key */
    uint32_t n_key;
    uint32_t n_rows;   /* rows[0 .. n_rows] are right for `key` */
    uint32_t dead_row; /* no key with these first points can match; MAX_KEY: none known */
    uint8_t rows[MAX_KEY + 1][MAX_POINTS + 1];
};

static uint32_t take_point(struct bytes *in)
{
    uint32_t c = in->data[0];
    uint32_t n = c < 0xC0 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    uint32_t value = n == 1 ? c : c & (0x7Fu >> n);
    if (n > in->len)
        n = 1;
    for (uint32_t i = 1; i < n; i++)
        value = value << 6 | (in->data[i] & 0x3Fu);
    in->data += n;
    in->len -= n;
    return value;
}

clus_status clus__edit_walk_new(struct bytes word, uint32_t max, struct edit_walk **out)
{
    struct edit_walk *w = clus__calloc(1, sizeof *w);
    if (!w)
        return CLUS_E_NOMEM;
    while (word.len > 0 && w->n_word < MAX_POINTS)
        w->word[w->n_word++] = take_point(&word);
    if (word.len > 0) {
        clus__free(w);
        return CLUS_E_LIMIT;
    }
    w->max = max;
    w->dead_row = MAX_KEY;
    for (uint32_t j = 0; j <= w->n_word; j++)
        w->rows[0][j] = (uint8_t)j;
    *out = w;
    return CLUS_OK;
}

static uint8_t least(uint8_t a, uint8_t b)
{
    return a < b ? a : b;
}

/* Row i from the one or two above it. Returns its smallest cell. */
static uint8_t fill_row(struct edit_walk *w, uint32_t i)
{
    const uint8_t *up = w->rows[i - 1], *up2 = i > 1 ? w->rows[i - 2] : NULL;
    uint8_t *row = w->rows[i], smallest;
    row[0] = smallest = (uint8_t)(i < 200 ? i : 200);
    for (uint32_t j = 1; j <= w->n_word; j++) {
        bool same = w->word[j - 1] == w->key[i - 1];
        uint8_t cell = (uint8_t)(up[j - 1] + !same);
        cell = least(cell, (uint8_t)(up[j] + 1));
        cell = least(cell, (uint8_t)(row[j - 1] + 1));
        if (up2 && j > 1 && w->word[j - 1] == w->key[i - 2] &&
            w->word[j - 2] == w->key[i - 1])
            cell = least(cell, (uint8_t)(up2[j - 2] + 1));
        row[j] = cell;
        smallest = least(smallest, cell);
    }
    return smallest;
}

/* Put the key's points in place; how many are as before. */
static uint32_t load_key(struct edit_walk *w, struct bytes key)
{
    uint32_t n = 0, same = UINT32_MAX;
    while (key.len > 0 && n < MAX_KEY) {
        uint32_t point = take_point(&key);
        if (same == UINT32_MAX && (n >= w->n_key || w->key[n] != point))
            same = n;
        w->key[n++] = point;
    }
    w->n_key = n;
    return same < n ? same : n;
}

/* Two rows in a row with nothing small: an exchange cannot help any more. */
static bool hopeless(const struct edit_walk *w, uint32_t i, uint8_t smallest)
{
    if (smallest <= w->max)
        return false;
    for (uint32_t j = 0; j <= w->n_word; j++)
        if (w->rows[i - 1][j] < w->max)
            return false;
    return true;
}

bool clus__edit_step(struct edit_walk *w, struct bytes key, uint32_t *distance)
{
    uint32_t same = load_key(w, key);
    if (w->dead_row <= same)
        return false;
    w->dead_row = MAX_KEY;
    if (w->n_rows > same)
        w->n_rows = same;
    while (w->n_rows < w->n_key) {
        uint32_t i = ++w->n_rows;
        uint8_t smallest = fill_row(w, i);
        if (hopeless(w, i, smallest)) {
            w->dead_row = i;
            return false;
        }
    }
    *distance = w->rows[w->n_key][w->n_word];
    return *distance <= w->max;
}

void clus__edit_walk_free(struct edit_walk *walk)
{
    clus__free(walk);
}
