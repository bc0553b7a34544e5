/* Mends Snowball's Russian stems by the longest ending of the word that has a rule. */
#include "text/russian.h"

#include <stdbool.h>

#include "text/russian_letters.h"
#include "text/russian_tables.h"

enum {
    STEM_MIN = 6 /* bytes that a rule leaves, three letters */
};

static const struct russian_node *child(const struct russian_node *node, unsigned letter)
{
    const struct russian_node *c = clus__russian_nodes + node->first;
    for (unsigned i = 0; i < node->n_children; i++)
        if (c[i].letter == letter)
            return c + i;
    return NULL;
}

static bool is_russian(const uint8_t *word, size_t len)
{
    for (size_t i = 0; i + 1 < len; i += 2)
        if (!clus__russian_letter(word + i))
            return false;
    return len % 2 == 0;
}

/* The rule of the longest ending that has one, or NULL. */
static const struct russian_node *find_rule(const uint8_t *word, size_t len)
{
    const struct russian_node *node = clus__russian_nodes, *rule = NULL;
    for (size_t end = len; node; end -= 2) {
        if (node->drop != RUSSIAN_NO_RULE)
            rule = node;
        node = child(node, end > 0 ? clus__russian_letter(word + end - 2) : RUSSIAN_EDGE);
        if (end == 0)
            return node ? node : rule;
    }
    return rule;
}

static size_t add_letters(const struct russian_node *rule, uint8_t *out)
{
    const uint8_t *letters = clus__russian_letters + rule->text;
    for (size_t i = 0; i < rule->text_len; i++) {
        out[2 * i] = letters[i] <= 16 ? 0xD0 : 0xD1;
        out[2 * i + 1] =
            (uint8_t)(letters[i] <= 16 ? letters[i] + 0xAF : letters[i] + 0x6F);
    }
    return (size_t)2 * rule->text_len;
}

size_t clus__russian_mend(const uint8_t *word, size_t len, uint8_t *stem, size_t stem_len)
{
    const struct russian_node *rule = is_russian(word, len) ? find_rule(word, len) : NULL;
    size_t kept = stem_len;
    if (rule && rule->drop == RUSSIAN_WHOLE)
        kept = 0;
    else if (rule && (size_t)2 * rule->drop <= stem_len &&
             stem_len - (size_t)2 * rule->drop + (size_t)2 * rule->text_len >= STEM_MIN)
        kept -= (size_t)2 * rule->drop;
    else
        rule = NULL;
    return rule ? kept + add_letters(rule, stem + kept) : kept;
}
