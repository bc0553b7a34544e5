/* Tables that kazakh/gen_kazakh.py makes from kazakh/rules.txt and kazakh/weights.tsv. */
#ifndef CLUS_TEXT_KAZAKH_TABLES_H
#define CLUS_TEXT_KAZAKH_TABLES_H

#include <stdint.h>

/* Letters are coded 1 … 41 in this order; 63 is the edge of a word. */
#define KAZAKH_ALPHABET "абвгдежзийклмнопрстуфхцчшщъыьэюяғқңөұүһіә"
enum { KAZAKH_LETTERS = 41, KAZAKH_EDGE = 63 };

/* What has been taken off last, in the order of rules.txt's head. */
enum kazakh_state {
    STATE_WORD,
    STATE_PREDICATIVE,
    STATE_CASE,
    STATE_CASE_OF_THIRD,
    STATE_BARE_DATIVE,
    STATE_POSSESSIVE,
    STATE_PLURAL,
    STATE_DERIVED,
    STATE_DEGREE,
    STATE_FEMININE,
    STATE_VERB,
    STATE_NEGATION,
    STATE_VOICE,
    STATE_NEGATED_ONLY
};

enum kazakh_restore { RESTORE_NOTHING, RESTORE_J, RESTORE_Y, RESTORE_P, RESTORE_NAME };

enum kazakh_harmony { HARMONY_ANY, HARMONY_BACK, HARMONY_FRONT };

struct kazakh_suffix {
    uint16_t text; /* its letters begin there in clus__kazakh_letters */
    uint16_t from; /* bit set of states */
    uint8_t len, to, left, harmony, restore, slot;
    int8_t weight;
};

enum kazakh_word_flags {
    WORD_NOMINAL = 1, /* a listed stem */
    WORD_VERB = 2,
    WORD_FORM = 4,  /* a whole form; `stem` is its stem */
    WORD_SHORT = 8, /* a stem that lost its vowel; `stem` has it */
};

struct kazakh_word {
    uint16_t text, stem;
    uint8_t len, stem_len, flags;
};

/* A feature is named by 32 bits: this in the upper four, its arguments below. */
enum kazakh_feature {
    FEATURE_END,       /* and the next two, by class of stem: its last 1 to 4 letters */
    FEATURE_JOIN2 = 3, /* slot and the two letters left of it */
    FEATURE_JOIN,
    FEATURE_LENGTH_BEFORE,
    FEATURE_SYLLABLES_BEFORE,
    FEATURE_FIRST,
    FEATURE_LENGTH,
    FEATURE_SYLLABLES,
    FEATURE_SHAPE,
    FEATURE_SLOTS,
    FEATURE_AGAINST, /* a suffix that breaks vowel harmony */
    FEATURE_LISTED
};

enum { KAZAKH_WEIGHT_BITS = 12, KAZAKH_WORD_BITS = 9 };

/* Sorted by last letter; those that end in letter c are suffix_starts[c] … [c + 1] - 1. */
extern const struct kazakh_suffix clus__kazakh_suffixes[];
extern const uint16_t clus__kazakh_suffix_starts[];
/* Sorted by bucket of their hash, as are the weights by bucket of their key. */
extern const struct kazakh_word clus__kazakh_words[];
extern const uint16_t clus__kazakh_word_starts[];
extern const uint8_t clus__kazakh_letters[];
extern const uint32_t clus__kazakh_weight_keys[];
extern const int8_t clus__kazakh_weights[];
extern const uint16_t clus__kazakh_weight_starts[];

#endif
