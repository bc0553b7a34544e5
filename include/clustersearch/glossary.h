/**
 * @file clustersearch/glossary.h
 * What else a word may be called: translations and synonyms that the caller brings.
 *
 * A glossary is filled first and searched with afterwards:
 *
 *     clus_glossary_new(clus_index_analyzer(index), &glossary, &err);
 *     clus_glossary_parse(glossary, CLUS_GLOSSARY_DICTIONARY, text, &err);
 *     options.glossary = glossary;      // of clus_search(), any number of times
 *     clus_glossary_free(glossary);     // after the last search
 *
 * Words are kept as their terms, so an entry in its dictionary form is found by every
 * inflected form of it and finds every inflected form of what it stands for.
 */
#ifndef CLUSTERSEARCH_GLOSSARY_H
#define CLUSTERSEARCH_GLOSSARY_H

#include <clustersearch/analyzer.h>
#include <clustersearch/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Translations and synonyms. Filled by one thread, then shared by any number. */
typedef struct clus_glossary clus_glossary;

/** Which bit of clus_expand asks for an entry, and how a text of entries is written. */
typedef enum clus_glossary_kind {
    CLUS_GLOSSARY_DICTIONARY = 0, /**< CLUS_EXPAND_DICTIONARY: the same in the other
                                       language. */
    CLUS_GLOSSARY_SYNONYM = 1     /**< CLUS_EXPAND_SYNONYM: another word for it. */
} clus_glossary_kind;

/** One word or phrase that stands for another, in this direction only. */
typedef struct clus_glossary_entry {
    clus_str from;           /**< Of a query: 1 to 8 words. */
    clus_str to;             /**< Searched besides it: 1 to 8 words, as a phrase. */
    clus_lang from_lang;     /**< How to read `from`; CLUS_LANG_OTHER: in both languages. */
    clus_lang to_lang;       /**< How to read `to`. */
    clus_glossary_kind kind; /**< See clus_glossary_kind. */
    float weight; /**< Multiplied into the score of what is found by `to`: over 0, at most
                       1; 0 means the default of its kind: 0.6 for translations, 0.8 for
                       synonyms. */
} clus_glossary_entry;

/**
 * Make an empty glossary.
 *
 * @param[in]  analyzer The rules of the indexes to be searched, from
 *                      clus_index_analyzer(); needed until the glossary is freed.
 * @param[out] out      The glossary. Untouched on failure.
 * @param[out] err      NULL, or where to write the reason of a failure.
 * @return CLUS_OK; CLUS_E_ARGUMENT; CLUS_E_NOMEM.
 *
 * Ownership: the caller frees *out with clus_glossary_free(), after the last search with
 * it has returned and before what owns `analyzer` is closed.
 * Threads: any.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_glossary_new(const clus_analyzer *analyzer,
                                                       clus_glossary **out,
                                                       clus_error *err);

/**
 * Add one entry. An entry given again takes the new weight.
 *
 * @param[in] glossary Where to add.
 * @param[in] entry    Any bytes; malformed ones are refused. Copied.
 * @param[out] err     NULL, or where to write the reason of a failure.
 * @return CLUS_OK; CLUS_E_ARGUMENT for a side without words, over 8 words or not UTF-8, and
 *         for a weight outside 0…1; CLUS_E_LIMIT for more than 64 entries of one word, or
 *         over 1,000,000 in all; CLUS_E_NOMEM. The glossary stays as it was on failure.
 *
 * Threads: one call at a time, and none during a search.
 * Cost: microseconds.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_glossary_add(clus_glossary *glossary,
                                                       const clus_glossary_entry *entry,
                                                       clus_error *err);

/**
 * Add all entries of a text, in both directions.
 *
 * A line that begins with `#` and an empty one say nothing. A dictionary has columns with
 * tabs between, the third one optional, alternatives with `|` between:
 *
 *     русский|по-русски <TAB> орысша|орыс тілінде <TAB> 0.8
 *
 * Synonyms are words with commas between, all standing for each other, or two such lists:
 * those before `=>` stand for those behind it, not the other way:
 *
 *     хаб, инновационный центр
 *     вуз => университет, институт
 *
 * @param[in] glossary Where to add.
 * @param[in] kind     How the text is written and what its entries are.
 * @param[in] text     UTF-8, at most 256 MiB; lines end in LF or CR LF; a byte order mark
 *                     may stand before them.
 * @param[out] err     NULL, or where to write the reason of a failure; names the line, and
 *                     `offset` is its first byte.
 * @return CLUS_OK; CLUS_E_SYNTAX for a line that is not written so; CLUS_E_LIMIT as for
 *         clus_glossary_add() and for a text that is too long; CLUS_E_ARGUMENT;
 *         CLUS_E_NOMEM. After a failure the lines before stay in the glossary.
 *
 * Threads: as for clus_glossary_add().
 * Cost: about 2 µs an entry.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_glossary_parse(clus_glossary *glossary,
                                                         clus_glossary_kind kind,
                                                         clus_str text, clus_error *err);

/**
 * How many entries there are: each direction counts, and each language in which a word of
 * no named language is read.
 *
 * @return The count.
 * Threads: any, while nothing is added.
 */
CLUS_API size_t clus_glossary_size(const clus_glossary *glossary);

/**
 * Release a glossary. NULL is allowed and does nothing.
 *
 * Threads: one call per object, after the last use in any thread.
 */
CLUS_API void clus_glossary_free(clus_glossary *glossary);

#ifdef __cplusplus
}
#endif
#endif
