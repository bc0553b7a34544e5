/*
 * Front matter through libyaml's events, which expand no aliases: a mapping of scalars and
 * of lists of scalars; deeper values are stepped over.
 */
#include "front_matter.h"

#include <string.h>
#include <yaml.h>

enum { LONGEST = 64 * 1024 };

struct reader {
    struct page *page;
    yaml_parser_t yaml;
    clus_str key; /* the member whose value is read */
    bool has_key;
    unsigned depth; /* of mappings and lists that are open */
    bool in_list;   /* the value at depth 1 is a list */
};

static clus_str scalar(struct reader *r, const yaml_event_t *event)
{
    clus_str value = {(const char *)event->data.scalar.value, event->data.scalar.length};
    return pool_copy(&r->page->pool, value);
}

static void take_scalar(struct reader *r, clus_str value)
{
    struct page *page = r->page;
    const struct {
        const char *name;
        clus_str *slot;
    } known[] = {{"title", &page->title}, {"date", &page->date},
                 {"url", &page->url},     {"source", &page->source},
                 {"lang", &page->lang},   {"published", &page->date},
                 {"link", &page->url},    {"language", &page->lang}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (str_is(r->key, known[i].name)) {
            if (known[i].slot->len == 0)
                *known[i].slot = value;
            return;
        }
    }
    if (str_is(r->key, "tags") || str_is(r->key, "categories") || str_is(r->key, "tag") ||
        str_is(r->key, "category"))
        tags_split(&page->tags, value, r->in_list ? "" : ",;");
    else if (value.len && r->key.len && r->key.len <= 255)
        fields_add(&page->fields, r->key, value);
}

static void on_scalar(struct reader *r, const yaml_event_t *event)
{
    if (r->depth == 1 && !r->has_key) {
        r->key = scalar(r, event);
        r->has_key = true;
        return;
    }
    if (r->depth == 1 || (r->depth == 2 && r->in_list))
        take_scalar(r, scalar(r, event));
    if (r->depth == 1)
        r->has_key = false;
}

static void on_end(struct reader *r)
{
    if (r->depth > 0)
        r->depth--;
    if (r->depth == 1) {
        r->in_list = false;
        r->has_key = false;
    }
}

/* False at the end. */
static bool on_event(struct reader *r, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT: on_scalar(r, event); return true;
    case YAML_SEQUENCE_START_EVENT:
        r->in_list = r->depth == 1 && r->has_key;
        r->depth++;
        return true;
    case YAML_MAPPING_START_EVENT: r->depth++; return true;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: on_end(r); return true;
    case YAML_ALIAS_EVENT:
        if (r->depth == 1)
            r->has_key = !r->has_key;
        return true;
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT: return false;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_START_EVENT: return true;
    }
    return true;
}

void front_matter_take(struct page *page, clus_str yaml)
{
    struct reader r = {.page = page};
    yaml_event_t event;
    if (yaml.len == 0 || yaml.len > LONGEST || !yaml_parser_initialize(&r.yaml))
        return;
    yaml_parser_set_input_string(&r.yaml, (const unsigned char *)yaml.data, yaml.len);
    bool more = true;
    while (more && yaml_parser_parse(&r.yaml, &event)) {
        more = on_event(&r, &event);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&r.yaml);
}
