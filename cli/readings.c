/* --expand and the files of glossary and synonyms. */
#include "readings.h"

#include <errno.h>
#include <string.h>

#include "glossary_data.h"
#include "input.h"
#include "out.h"
#include "stream.h"

static const struct {
    const char *name;
    uint32_t bit;
} known[] = {{"stem", CLUS_EXPAND_STEM},
             {"yo", 0}, /* ё and е are one letter in every index */
             {"family", CLUS_EXPAND_FAMILY},
             {"kk-letters", CLUS_EXPAND_KK_LETTERS},
             {"script", CLUS_EXPAND_SCRIPT},
             {"layout", CLUS_EXPAND_LAYOUT},
             {"typo", CLUS_EXPAND_TYPO},
             {"synonym", CLUS_EXPAND_SYNONYM},
             {"dictionary", CLUS_EXPAND_DICTIONARY},
             {"none", CLUS_EXPAND_NONE}};

static int set_names(const char *verb, const char *list, uint32_t *bits)
{
    enum { KNOWN = sizeof known / sizeof *known };
    struct tag_list names = {0};
    int status = EXIT_FOUND;
    tags_split(&names, str_of(list), ",");
    for (size_t i = 0; i < names.n && status == EXIT_FOUND; i++) {
        size_t k = 0;
        while (k < KNOWN && !str_is(names.tags[i], known[k].name))
            k++;
        if (k == KNOWN)
            status = usage("%s: --expand: there is no '%.*s'; it is a list of stem, yo, "
                           "family, kk-letters, script, layout, typo, synonym, dictionary, "
                           "or none",
                           verb, (int)names.tags[i].len, names.tags[i].data);
        else
            *bits |= known[k].bit;
    }
    mem_free(names.tags);
    return status;
}

int readings_set(const char *verb, const struct reading_options *opts, struct ask *how)
{
    uint32_t bits = 0;
    int status = opts->expand ? set_names(verb, opts->expand, &bits) : EXIT_FOUND;
    if (opts->expand && bits == 0)
        bits = CLUS_EXPAND_NONE;
    if (opts->glossary)
        bits |= CLUS_EXPAND_DICTIONARY;
    if (opts->synonyms)
        bits |= CLUS_EXPAND_SYNONYM;
    if (bits != 0 &&
        (bits & ~(uint32_t)(CLUS_EXPAND_DICTIONARY | CLUS_EXPAND_SYNONYM)) == 0)
        bits |= CLUS_EXPAND_DEFAULT;
    how->parse.expand = bits;
    return status;
}

static int read_text(const char *verb, const char *option, const char *path,
                     clus_glossary_kind kind, clus_glossary *glossary)
{
    enum { LONGEST = 256 << 20 };
    struct stream *s = stream_open(path);
    char *data;
    size_t len;
    clus_error err;
    if (!s)
        return usage("%s: --%s '%s': %s", verb, option, path, strerror(errno));
    int status = EXIT_FOUND;
    enum stream_status read = stream_rest(s, LONGEST, &data, &len);
    if (read != STREAM_OK && read != STREAM_END)
        status = usage("%s: --%s '%s': %s", verb, option, path,
                       read == STREAM_TOO_LONG ? "over 256 MiB" : stream_error(s));
    else if (clus_glossary_parse(glossary, kind, (clus_str){data, len}, &err) < 0)
        status = usage("%s: --%s '%s': %s", verb, option, path, err.message);
    stream_close(s);
    return status;
}

static int fill(const char *verb, const struct reading_options *opts, bool translate,
                clus_glossary *glossary)
{
    int status = EXIT_FOUND;
    clus_error err;
    clus_str own = {(const char *)glossary_data, glossary_data_len};
    if (opts->glossary)
        status =
            read_text(verb, "glossary", opts->glossary, CLUS_GLOSSARY_DICTIONARY, glossary);
    else if (translate &&
             clus_glossary_parse(glossary, CLUS_GLOSSARY_DICTIONARY, own, &err) < 0)
        status = usage("%s: the glossary of csearch: %s", verb, err.message);
    if (status == EXIT_FOUND && opts->synonyms)
        status =
            read_text(verb, "synonyms", opts->synonyms, CLUS_GLOSSARY_SYNONYM, glossary);
    return status;
}

int readings_open(const char *verb, const struct reading_options *opts,
                  const clus_index *index, struct ask *how, clus_glossary **out)
{
    bool translate = how->parse.expand & CLUS_EXPAND_DICTIONARY;
    clus_glossary *glossary;
    clus_error err;
    *out = NULL;
    if (!translate && !opts->synonyms)
        return EXIT_FOUND;
    if (clus_glossary_new(clus_index_analyzer(index), &glossary, &err) < 0)
        return usage("%s: %s", verb, err.message);
    int status = fill(verb, opts, translate, glossary);
    if (status != EXIT_FOUND) {
        clus_glossary_free(glossary);
        return status;
    }
    *out = glossary;
    how->search.glossary = glossary;
    return EXIT_FOUND;
}
