/* schema.org metadata of a page, in JSON as search engines ask for it. */
#include "json_read.h"
#include "page_html.h"

#include <string.h>

static void take_keywords(struct page *page, struct json_value value)
{
    struct json_value word;
    if (value.kind == JSON_STRING)
        tags_split(&page->tags, value.text, ",;");
    if (value.kind != JSON_ARRAY)
        return;
    struct json_in in = json_inside(value);
    while (json_element_next(&in, &word))
        if (word.kind == JSON_STRING)
            tags_add(&page->tags, word.text);
}

static void take_publisher(struct page *page, struct json_value value)
{
    struct json_value part;
    clus_str name;
    if (value.kind != JSON_OBJECT)
        return;
    struct json_in in = json_inside(value);
    while (json_member_next(&in, &name, &part))
        if (str_is(name, "name") && part.kind == JSON_STRING && page->source.len == 0)
            page->source = part.text;
}

static void take_list(struct page *page, struct json_value list);

/* A member name is unescaped where it stands, so each object is walked once. */
static void take_object(struct page *page, struct json_value object, bool is_top)
{
    struct json_value value;
    struct page_date date;
    clus_str name;
    struct json_in in = json_inside(object);
    while (json_member_next(&in, &name, &value)) {
        if (str_is(name, "datePublished") && value.kind == JSON_STRING &&
            page->date.len == 0 && date_find(value.text, &date) && date.year)
            page->date = pool_copy(&page->pool, str_of(date.iso));
        else if (str_is(name, "publisher"))
            take_publisher(page, value);
        else if (str_is(name, "keywords") && page->tags.n == 0)
            take_keywords(page, value);
        else if (is_top && str_is(name, "@graph") && value.kind == JSON_ARRAY)
            take_list(page, value);
    }
}

static void take_list(struct page *page, struct json_value list)
{
    struct json_value item;
    struct json_in in = json_inside(list);
    while (json_element_next(&in, &item))
        if (item.kind == JSON_OBJECT)
            take_object(page, item, false);
}

void html_take_json(struct page *page, clus_str json)
{
    struct json_value top;
    char *copy = pool_alloc(&page->pool, json.len + 1); /* reading writes to it */
    if (json.len)
        memcpy(copy, json.data, json.len);
    struct json_in in = json_begin(copy, json.len);
    if (!json_read(&in, &top))
        return;
    if (top.kind == JSON_ARRAY)
        take_list(page, top);
    else if (top.kind == JSON_OBJECT)
        take_object(page, top, true);
}
