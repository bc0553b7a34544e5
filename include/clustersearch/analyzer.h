/**
 * @file clustersearch/analyzer.h
 * How text becomes terms: segmentation, folding, language of each word, stem.
 */
#ifndef CLUSTERSEARCH_ANALYZER_H
#define CLUSTERSEARCH_ANALYZER_H

#include <clustersearch/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Which rules turn text into terms. An index keeps the kind it was created with. */
typedef enum clus_analyzer_kind {
    CLUS_ANALYZER_AUTO = 0, /**< Russian, Kazakh (in Cyrillic, Latin or Arabic letters) and
                                 others, decided word by word. */
    CLUS_ANALYZER_RU = 1,   /**< Every Cyrillic word without a Kazakh letter is Russian. */
    CLUS_ANALYZER_KK = 2,   /**< Every Cyrillic word is Kazakh; others as with AUTO. */
    CLUS_ANALYZER_SIMPLE = 3,    /**< Segmented and folded, never stemmed. */
    CLUS_ANALYZER_WHITESPACE = 4 /**< Split at ASCII blanks; bytes stay as they are. */
} clus_analyzer_kind;

/** Language that a word was routed to. */
typedef enum clus_lang {
    CLUS_LANG_OTHER = 0, /**< Neither: folded, not stemmed. */
    CLUS_LANG_RU = 1,    /**< Russian. */
    CLUS_LANG_KK = 2     /**< Kazakh. */
} clus_lang;

/** The rules. Immutable, so any number of threads may share it. */
typedef struct clus_analyzer clus_analyzer;
/** The tokens of one text. Used by one thread at a time. */
typedef struct clus_tokens clus_tokens;

/** One token of a text. */
typedef struct clus_token {
    uint64_t start;    /**< First byte of the token in the text. */
    uint64_t end;      /**< One past its last byte. */
    uint64_t position; /**< Counts tokens from 0. */
    clus_str form;     /**< Folded surface form. */
    clus_str term;  /**< What the index holds: the stem, or the form where there is none; of
                         Kazakh in Latin or Arabic letters that of its Cyrillic word. */
    clus_lang lang; /**< Language it was routed to. */
    const char
        *why; /**< Static, for people: what decided the language, e.g. "kazakh letter". */
} clus_token;

/**
 * Make an analyzer.
 *
 * @param[in]  kind One of clus_analyzer_kind.
 * @param[out] out  The analyzer. Untouched on failure.
 * @param[out] err  NULL, or where to write the reason of a failure.
 * @return CLUS_OK; CLUS_E_ARGUMENT for an unknown kind; CLUS_E_IO when ICU cannot load its
 *         data; CLUS_E_NOMEM.
 *
 * Ownership: the caller frees *out with clus_analyzer_free().
 * Threads: any.
 * Cost: a fraction of a millisecond; the first in a process a few, to load ICU's data.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_analyzer_new(clus_analyzer_kind kind,
                                                       clus_analyzer **out,
                                                       clus_error *err);

/**
 * Release an analyzer. NULL is allowed and does nothing.
 *
 * Threads: one call per object, after the last use in any thread.
 */
CLUS_API void clus_analyzer_free(clus_analyzer *analyzer);

/**
 * What identifies the rules: equal fingerprints give equal terms for every text.
 *
 * It covers the kind, the versions of our rules, ICU and Unicode, and a hash of what a
 * fixed probe text becomes.
 *
 * @return One line of ASCII such as "auto/3 icu 72.1 unicode 15.0 snowball russian probe
 *         252b324ce46dff76".
 *
 * Ownership: borrowed from the analyzer until it is freed.
 * Threads: any.
 */
CLUS_API const char *clus_analyzer_fingerprint(const clus_analyzer *analyzer);

/**
 * Split a text into tokens.
 *
 * Bytes that are not UTF-8 count as U+FFFD. Offsets refer to the text as given.
 *
 * @param[in]  analyzer The rules.
 * @param[in]  text     At most 1 GiB.
 * @param[out] out      The tokens, in order of the text. Untouched on failure.
 * @param[out] err      NULL, or where to write the reason of a failure.
 * @return CLUS_OK; CLUS_E_LIMIT for a longer text; CLUS_E_ARGUMENT; CLUS_E_NOMEM.
 *
 * Ownership: the caller frees *out with clus_tokens_free(); `text` may go at once.
 * Threads: any.
 * Cost: about 10 ns a byte, plus some tens of microseconds a call when ICU must help.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_analyze(const clus_analyzer *analyzer,
                                                  clus_str text, clus_tokens **out,
                                                  clus_error *err);

/**
 * How many tokens there are.
 *
 * @return The count.
 * Threads: one thread per object.
 */
CLUS_API uint64_t clus_tokens_count(const clus_tokens *tokens);

/**
 * How many malformed byte sequences the text held, each read as one U+FFFD.
 *
 * @return The count.
 * Threads: one thread per object.
 */
CLUS_API uint64_t clus_tokens_invalid(const clus_tokens *tokens);

/**
 * Read one token.
 *
 * @param[in]  tokens From clus_analyze().
 * @param[in]  i      0 … clus_tokens_count() - 1.
 * @param[out] out    Filled on CLUS_OK, untouched otherwise.
 * @return CLUS_OK, or CLUS_DONE when i is not below the count.
 *
 * Ownership: out->form and out->term are borrowed from `tokens` until it is freed.
 * Threads: one thread per object.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_tokens_get(const clus_tokens *tokens, uint64_t i,
                                                     clus_token *out);

/**
 * Release tokens. NULL is allowed and does nothing.
 *
 * Threads: one call per object.
 */
CLUS_API void clus_tokens_free(clus_tokens *tokens);

/** Tools for turning many words into terms. Used by one thread at a time. */
typedef struct clus_stemmer clus_stemmer;

/**
 * Prepare to turn many words into terms.
 *
 * @param[in]  analyzer The rules; must outlive *out.
 * @param[out] out      The tools. Untouched on failure.
 * @param[out] err      NULL, or where to write the reason of a failure.
 * @return CLUS_OK; CLUS_E_ARGUMENT; CLUS_E_NOMEM.
 *
 * Ownership: the caller frees *out with clus_stemmer_free().
 * Threads: any; each object by one thread at a time.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_stemmer_new(const clus_analyzer *analyzer,
                                                      clus_stemmer **out, clus_error *err);

/**
 * The term of one word.
 *
 * @param[in]  stemmer From clus_stemmer_new().
 * @param[in]  word    One word, at most 1 KiB.
 * @param[in]  lang    CLUS_LANG_OTHER lets the word's own letters decide.
 * @param[out] term    The term; len 0 when the word holds no letter or digit.
 * @return CLUS_OK; CLUS_E_LIMIT for a longer word; CLUS_E_NOMEM.
 *
 * Ownership: *term is borrowed from `stemmer` until the next call on it.
 * Threads: one thread per object.
 */
CLUS_API CLUS_MUST_CHECK clus_status clus_stemmer_term(clus_stemmer *stemmer, clus_str word,
                                                       clus_lang lang, clus_str *term);

/**
 * Release the tools. NULL is allowed and does nothing.
 *
 * Threads: one call per object.
 */
CLUS_API void clus_stemmer_free(clus_stemmer *stemmer);

#ifdef __cplusplus
}
#endif
#endif
