/* Mends Snowball's Russian stems by the longest ending of the word that has a rule. */
#include "text/russian.h"

#include "text/russian_letters.h"
#include "text/russian_tables.h"

enum {
    STEM_MIN = 6 /* bytes that a rule leaves, three letters */
};

/* The node of an ending longer by a letter, or NULL. */
static const struct russian_node *child(const struct russian_node *node, unsigned letter)
{
    uint32_t bit = (uint32_t)(UINT64_C(1) << letter >> 1); /* none for letter 0 */
    if (!(node->letters & bit))
        return NULL;
    int before = __builtin_popcount(node->letters & (bit - 1));
    return clus__russian_nodes + node->first + node->edge + before;
}

/* The rule of the longest ending that has one, or NULL. */
static const struct russian_node *find_rule(const uint8_t *word, size_t len)
{
    const struct russian_node *node = clus__russian_nodes, *rule = NULL;
    for (size_t end = len; end > 0; end -= 2) {
        node = child(node, clus__russian_letter(word + end - 2));
        if (!node)
            return rule;
        if (node->drop != RUSSIAN_NO_RULE)
            rule = node;
    }
    return node->edge ? clus__russian_nodes + node->first : rule;
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
    bool known = clus__is_russian((struct bytes){word, len});
    const struct russian_node *rule = known ? find_rule(word, len) : NULL;
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
