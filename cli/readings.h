/*
 * What words may match besides themselves: --expand, --glossary and --synonyms, the same
 * for every verb that searches.
 */
#ifndef CSEARCH_READINGS_H
#define CSEARCH_READINGS_H

#include "ask.h"
#include "options.h"

struct reading_options {
    const char *expand, *glossary, *synonyms;
};

/* Rows of an options table; the verb's `type` has a struct reading_options `readings`. */
#define READING_OPTIONS(type)                                                              \
    {.name = "expand",                                                                     \
     .kind = OPTION_TEXT,                                                                  \
     .offset = offsetof(type, readings.expand),                                            \
     .value = "LIST",                                                                      \
     .help = "what words may match besides themselves, instead of all but dictionary: "    \
             "stem, yo, family, kk-letters, script, layout, typo, synonym, dictionary; "   \
             "dictionary alone comes on top of the others; none is --literal"},            \
        {.name = "glossary",                                                               \
         .kind = OPTION_TEXT,                                                              \
         .offset = offsetof(type, readings.glossary),                                      \
         .value = "FILE",                                                                  \
         .help = "with --expand dictionary, which this asks for: lines 'Russian TAB "      \
                 "Kazakh', | between alternatives, instead of those of csearch"},          \
    {                                                                                      \
        .name = "synonyms", .kind = OPTION_TEXT,                                           \
        .offset = offsetof(type, readings.synonyms), .value = "FILE",                      \
        .help = "lines 'one, another' or 'this => that'"                                   \
    }

/* Set the bits of what is asked for. EXIT_FOUND, or EXIT_USAGE after a message. */
int readings_set(const char *verb, const struct reading_options *opts, struct ask *how);

/* Read the glossary that `how` asks for and put it there; *out is to be freed when the last
 * search with it is done, and is NULL when none is needed. EXIT_FOUND, or EXIT_USAGE after
 * a message. */
int readings_open(const char *verb, const struct reading_options *opts,
                  const clus_index *index, struct ask *how, clus_glossary **out);

#endif
