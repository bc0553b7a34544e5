/* Parse the words of a call by the verb's table. */
#include "options.h"

#include <stdlib.h>
#include <string.h>

#include "out.h"

struct common {
    const char *index;
    bool help;
};

const struct option common_options[] = {
    {.name = "index",
     .letter = 'i',
     .kind = OPTION_TEXT,
     .offset = offsetof(struct common, index),
     .value = "DIR",
     .help = "the index: default $CSEARCH_INDEX, else ./.csearch"},
    {.name = "help",
     .letter = 'h',
     .kind = OPTION_FLAG,
     .offset = offsetof(struct common, help),
     .help = "show help for the verb"},
    {.kind = OPTION_END}};

struct parser {
    struct call *call;
    void *filled;
    struct common common;
    bool ended; /* "--" was seen */
};

static bool takes_value(const struct option *o)
{
    return o->kind != OPTION_FLAG;
}

void option_title(struct text *t, const struct option *o)
{
    if (o->letter)
        text_printf(t, o->name ? "-%c, " : "-%c", o->letter);
    if (o->name)
        text_printf(t, "--%s", o->name);
    if (takes_value(o))
        text_printf(t, " %s", o->value);
}

static size_t min_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Edit distance of ASCII words; one that is too long for the table counts as far away. */
static size_t distance(const char *a, const char *b)
{
    enum { LONGEST = 30 };
    size_t row[LONGEST + 1], n = strlen(a), m = strlen(b);
    if (n > LONGEST || m > LONGEST)
        return LONGEST;
    for (size_t j = 0; j <= m; j++)
        row[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t kept = row[j];
            row[j] =
                min_of(min_of(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = kept;
        }
    }
    return row[m];
}

void nearest_try(struct nearest *best, const char *typed, const char *name)
{
    size_t d = distance(typed, name), longest = strlen(name) / 3 + 1;
    if (d <= longest && (!best->name || d < best->distance))
        *best = (struct nearest){name, d};
}

static const struct option *find_in(const struct option *table, const char *name,
                                    size_t len, char letter)
{
    for (const struct option *o = table; o && o->kind != OPTION_END; o++) {
        if (letter ? o->letter == letter
                   : o->name && strlen(o->name) == len && memcmp(o->name, name, len) == 0)
            return o;
    }
    return NULL;
}

static const struct option *find(struct parser *p, const char *name, size_t len,
                                 char letter)
{
    const struct option *o = find_in(p->call->verb->options, name, len, letter);
    return o ? o : find_in(common_options, name, len, letter);
}

static bool is_common(const struct option *o)
{
    return o >= common_options && o < common_options + 2;
}

bool parse_size(const char *s, uint64_t *bytes)
{
    static const char units[] = "KMGT";
    char *end;
    if (*s < '0' || *s > '9')
        return false;
    unsigned long long n = strtoull(s, &end, 10);
    const char *unit = *end ? strchr(units, *end & ~0x20) : NULL;
    unsigned shift = 0;
    if (unit) {
        shift = 10 * (unsigned)(unit - units + 1);
        end++;
        if (*end == 'i')
            end++;
        if (*end == 'B' || *end == 'b')
            end++;
    }
    if (*end || n > UINT64_MAX >> shift)
        return false;
    *bytes = (uint64_t)n << shift;
    return true;
}

static bool parse_uint(const struct option *o, const char *value, uint64_t *n)
{
    char *end;
    if (*value < '0' || *value > '9')
        return false;
    *n = strtoull(value, &end, 10);
    return *end == '\0' && *n >= o->min && (o->max == 0 || *n <= o->max);
}

static int bad_choice(struct parser *p, const struct option *o, const char *value)
{
    struct text names = {0};
    for (const char *const *c = o->choices; *c; c++)
        text_printf(&names, "%s%s", c == o->choices ? "" : ", ", *c);
    int status = usage("%s: --%s cannot be '%s'; it is one of %s", p->call->verb->name,
                       o->name, value, text_z(&names));
    text_done(&names);
    return status;
}

static int set_choice(struct parser *p, const struct option *o, const char *value,
                      int *slot)
{
    for (int i = 0; o->choices[i]; i++) {
        if (strcmp(o->choices[i], value) == 0) {
            *slot = i;
            return EXIT_FOUND;
        }
    }
    return bad_choice(p, o, value);
}

static int bad_number(struct parser *p, const struct option *o, const char *value)
{
    struct text t = {0};
    option_title(&t, o);
    if (o->kind == OPTION_SIZE)
        text_str(&t, " needs a number of bytes such as 512M");
    else if (o->max)
        text_printf(&t, " needs a number from %llu to %llu", (unsigned long long)o->min,
                    (unsigned long long)o->max);
    else
        text_printf(&t, " needs a number from %llu", (unsigned long long)o->min);
    int status = usage("%s: %s, not '%s'", p->call->verb->name, text_z(&t), value);
    text_done(&t);
    return status;
}

static int set(struct parser *p, const struct option *o, const char *value)
{
    void *slot = (char *)(is_common(o) ? (void *)&p->common : p->filled) + o->offset;
    struct option_list *list = slot;
    switch (o->kind) {
    case OPTION_FLAG: *(bool *)slot = true; break;
    case OPTION_UINT:
        if (!parse_uint(o, value, slot))
            return bad_number(p, o, value);
        break;
    case OPTION_SIZE:
        if (!parse_size(value, slot))
            return bad_number(p, o, value);
        break;
    case OPTION_TEXT: *(const char **)slot = value; break;
    case OPTION_LIST:
        mem_grow(&list->items, &list->cap, list->n + 1, sizeof *list->items);
        list->items[list->n++] = value;
        break;
    case OPTION_CHOICE: return set_choice(p, o, value, slot);
    case OPTION_ABSENT:
        return usage("%s: '--%s' is not available in this version", p->call->verb->name,
                     o->name);
    case OPTION_END: break;
    }
    return EXIT_FOUND;
}

static int unknown(struct parser *p, const char *word)
{
    struct nearest best = {0};
    const char *name = word + strspn(word, "-");
    struct text typed = {0};
    text_add(&typed, name, strcspn(name, "="));
    const struct option *tables[2] = {p->call->verb->options, common_options};
    for (int i = 0; i < 2; i++)
        for (const struct option *o = tables[i]; o && o->kind != OPTION_END; o++)
            if (o->name)
                nearest_try(&best, text_z(&typed), o->name);
    text_done(&typed);
    const char *verb = p->call->verb->name;
    if (best.name)
        return usage("%s: there is no option '%s'; did you mean '--%s'?", verb, word,
                     best.name);
    return usage("%s: there is no option '%s'; 'csearch help %s' lists them", verb, word,
                 verb);
}

/* The value of an option whose word ended: the next word. */
static int set_next(struct parser *p, const struct option *o, char ***next)
{
    if (**next == NULL) {
        struct text t = {0};
        option_title(&t, o);
        int status = usage("%s: %s: the value is missing", p->call->verb->name, text_z(&t));
        text_done(&t);
        return status;
    }
    return set(p, o, *(*next)++);
}

static int parse_long(struct parser *p, char *word, char ***next)
{
    const char *name = word + 2, *equals = strchr(name, '=');
    size_t len = equals ? (size_t)(equals - name) : strlen(name);
    const struct option *o = find(p, name, len, 0);
    if (!o)
        return unknown(p, word);
    if (o->kind == OPTION_ABSENT)
        return set(p, o, NULL);
    if (!takes_value(o))
        return equals ? usage("%s: --%s takes no value", p->call->verb->name, o->name)
                      : set(p, o, NULL);
    return equals ? set(p, o, equals + 1) : set_next(p, o, next);
}

static int parse_letters(struct parser *p, char *word, char ***next)
{
    for (char *c = word + 1; *c; c++) {
        const struct option *o = find(p, NULL, 0, *c);
        if (!o)
            return unknown(p, word);
        if (takes_value(o))
            return c[1] ? set(p, o, c + 1) : set_next(p, o, next);
        int status = set(p, o, NULL);
        if (status != EXIT_FOUND)
            return status;
    }
    return EXIT_FOUND;
}

/* A word that starts with a dash and still is no option: a lone dash, and `-слово` or
 * `-"phrase"` of a query. */
static bool is_operand(const char *word)
{
    if (word[0] != '-' || word[1] == '\0')
        return true;
    return (unsigned char)word[1] >= 0x80 || strchr("\"(+=", word[1]) != NULL;
}

static void set_initial(const struct option *table, void *filled)
{
    for (const struct option *o = table; o->kind != OPTION_END; o++)
        if (o->kind == OPTION_UINT)
            *(uint64_t *)(void *)((char *)filled + o->offset) = o->initial;
}

int options_parse(struct call *call, char **argv, void *filled, bool *help)
{
    struct parser p = {.call = call, .filled = filled};
    size_t cap = 0;
    set_initial(call->verb->options, filled);
    while (*argv) {
        char *word = *argv++;
        int status = EXIT_FOUND;
        if (p.ended || is_operand(word)) {
            mem_grow(&call->operands, &cap, call->n_operands + 1, sizeof *call->operands);
            call->operands[call->n_operands++] = word;
        } else if (strcmp(word, "--") == 0) {
            p.ended = true;
        } else if (word[1] == '-') {
            status = parse_long(&p, word, &argv);
        } else {
            status = parse_letters(&p, word, &argv);
        }
        if (status != EXIT_FOUND)
            return status;
    }
    if (p.common.index) {
        call->index = p.common.index;
        call->index_is_given = true;
    }
    *help = p.common.help;
    return EXIT_FOUND;
}

void options_release(const struct verb *verb, void *filled)
{
    for (const struct option *o = verb->options; o->kind != OPTION_END; o++) {
        struct option_list *list = (void *)((char *)filled + o->offset);
        if (o->kind == OPTION_LIST)
            mem_free(list->items);
    }
}
