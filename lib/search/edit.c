/* States as bits, a set for each number of edits, a row of sets for each letter of a key.
 */
#include "search/edit.h"

#include "base/alloc.h"

enum { MAX_KEY = 256, MAX_EDITS = 2, SLOTS = 128 };

/* States after some letters of a key. */
struct edit_row {
    uint64_t sets[MAX_EDITS + 1];
    uint64_t last; /* places in the word of the letter that led here */
    size_t end;    /* bytes of the key read */
};

struct edit_walk {
    uint32_t n_word, max;
    struct edit_slot { /* where a letter stands in the word, by hash */
        uint32_t point;
        uint64_t places;
    } slots[SLOTS];
    size_t n_rows; /* rows[0 .. n_rows) are right for the last key */
    bool dead;     /* the last of them has no future */
    struct edit_row rows[MAX_KEY + 1];
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

/* The slot of a letter, or the free one where it would be. */
static struct edit_slot *slot_of(struct edit_walk *w, uint32_t point)
{
    uint32_t at = point % SLOTS;
    while (w->slots[at].places && w->slots[at].point != point)
        at = (at + 1) % SLOTS;
    return &w->slots[at];
}

clus_status clus__edit_walk_new(struct bytes word, uint32_t max, struct edit_walk **out)
{
    struct edit_walk *w = clus__calloc(1, sizeof *w);
    if (!w)
        return CLUS_E_NOMEM;
    while (word.len > 0 && w->n_word < EDIT_MAX_POINTS) {
        uint32_t point = take_point(&word);
        struct edit_slot *slot = slot_of(w, point);
        slot->point = point;
        slot->places |= (uint64_t)1 << w->n_word++;
    }
    if (word.len > 0) {
        clus__free(w);
        return CLUS_E_LIMIT;
    }
    w->max = max < MAX_EDITS ? max : MAX_EDITS;
    w->n_rows = 1;
    for (uint32_t d = 0; d <= w->max; d++) /* letters left out at the beginning */
        w->rows[0].sets[d] = ((uint64_t)2 << d) - 1;
    *out = w;
    return CLUS_OK;
}

/* The row behind `from` for one more letter; `before` is the row before `from`, or NULL. */
static void fill_row(const struct edit_walk *w, const struct edit_row *from,
                     const struct edit_row *before, struct edit_row *to)
{
    uint64_t places = to->last;
    to->sets[0] = (from->sets[0] & places) << 1;
    for (uint32_t d = 1; d <= w->max; d++) {
        uint64_t set = (from->sets[d] & places) << 1;      /* the letter that is due */
        set |= from->sets[d - 1] | from->sets[d - 1] << 1; /* one more, another one */
        set |= to->sets[d - 1] << 1;                       /* one left out */
        if (before)
            set |= (before->sets[d - 1] & places & from->last >> 1) << 2; /* exchanged */
        to->sets[d] = set;
    }
}

/* No state is left, and none is half way through an exchange. */
static bool is_dead(const struct edit_walk *w, const struct edit_row *from,
                    const struct edit_row *to)
{
    uint64_t word = ((uint64_t)2 << w->n_word) - 1; /* of states, not places */
    return !(to->sets[w->max] & word) && !(from->sets[w->max - 1] & to->last >> 1);
}

bool clus__edit_step(struct edit_walk *w, struct bytes key, size_t shared,
                     uint32_t *distance)
{
    while (w->n_rows > 1 && w->rows[w->n_rows - 1].end > shared) {
        w->n_rows--;
        w->dead = false;
    }
    struct bytes rest = {key.data + w->rows[w->n_rows - 1].end,
                         key.len - w->rows[w->n_rows - 1].end};
    while (!w->dead && rest.len > 0 && w->n_rows <= MAX_KEY) {
        struct edit_row *to = &w->rows[w->n_rows], *from = to - 1;
        to->last = slot_of(w, take_point(&rest))->places;
        to->end = key.len - rest.len;
        fill_row(w, from, w->n_rows > 1 ? from - 1 : NULL, to);
        w->dead = is_dead(w, from, to);
        w->n_rows++;
    }
    if (w->dead || rest.len > 0)
        return false;
    const struct edit_row *last = &w->rows[w->n_rows - 1];
    for (uint32_t d = 0; d <= w->max; d++)
        if (last->sets[d] >> w->n_word & 1) {
            *distance = d;
            return true;
        }
    return false;
}

size_t clus__edit_dead(const struct edit_walk *w)
{
    return w->dead ? w->rows[w->n_rows - 1].end : 0;
}

void clus__edit_walk_free(struct edit_walk *walk)
{
    clus__free(walk);
}
