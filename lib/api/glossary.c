/* Public entry points for glossaries. */
#include <clustersearch/glossary.h>

#include "base/error.h"
#include "text/glossary.h"

clus_status clus_glossary_new(const clus_analyzer *analyzer, clus_glossary **out,
                              clus_error *err)
{
    if (!analyzer || !out)
        return clus__fail(err, CLUS_E_ARGUMENT, "no analyzer or place for a glossary");
    return clus__explain(err, clus__glossary_new(analyzer, out), "making a glossary");
}

static bool is_text(clus_str s)
{
    return s.data || s.len == 0;
}

static bool is_lang(clus_lang lang)
{
    return (unsigned)lang <= CLUS_LANG_KK;
}

static bool is_kind(clus_glossary_kind kind)
{
    return kind == CLUS_GLOSSARY_DICTIONARY || kind == CLUS_GLOSSARY_SYNONYM;
}

clus_status clus_glossary_add(clus_glossary *glossary, const clus_glossary_entry *entry,
                              clus_error *err)
{
    if (!glossary || !entry || !is_text(entry->from) || !is_text(entry->to))
        return clus__fail(err, CLUS_E_ARGUMENT, "no glossary or entry");
    if (!is_lang(entry->from_lang) || !is_lang(entry->to_lang))
        return clus__fail(err, CLUS_E_ARGUMENT, "no language %d or %d",
                          (int)entry->from_lang, (int)entry->to_lang);
    if (!is_kind(entry->kind))
        return clus__fail(err, CLUS_E_ARGUMENT, "no glossary kind %d", (int)entry->kind);
    return clus__glossary_add(glossary, entry, err);
}

clus_status clus_glossary_parse(clus_glossary *glossary, clus_glossary_kind kind,
                                clus_str text, clus_error *err)
{
    if (!glossary || !is_text(text))
        return clus__fail(err, CLUS_E_ARGUMENT, "no glossary or text");
    if (!is_kind(kind))
        return clus__fail(err, CLUS_E_ARGUMENT, "no glossary kind %d", (int)kind);
    return clus__glossary_parse(glossary, kind, clus__bytes_of_str(text), err);
}

size_t clus_glossary_size(const clus_glossary *glossary)
{
    return clus__glossary_size(glossary);
}

void clus_glossary_free(clus_glossary *glossary)
{
    clus__glossary_free(glossary);
}
