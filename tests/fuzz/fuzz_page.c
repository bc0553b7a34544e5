/* Readers of pages and of JSON on any bytes; the first byte chooses the reader. */
#include <stdlib.h>
#include <string.h>

#include "json_read.h"
#include "page.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whether it is an object. */
static bool read_json(struct json_in *in)
{
    struct json_value value;
    clus_str name;
    if (!json_read(in, &value) || !json_ended(in) || value.kind != JSON_OBJECT)
        return false;
    struct json_in members = json_inside(value);
    while (json_member_next(&members, &name, &value))
        if (name.len + value.text.len > (size_t)(in->end - in->start))
            abort(); /* outside the input */
    return true;
}

/* An object read as it comes must be one if and only if it is one when checked before. */
static void open_json(const uint8_t *data, size_t size, bool is_object)
{
    char *copy = malloc(size ? size : 1);
    if (!copy)
        return;
    memcpy(copy, data, size);
    struct json_in in = json_begin(copy, size);
    struct json_value value;
    clus_str name;
    bool opened = json_step_in(&in);
    while (opened && json_member_next(&in, &name, &value))
        if (name.len + value.text.len > size)
            abort(); /* outside the input */
    if ((opened && !in.error && json_ended(&in)) != is_object)
        abort();
    free(copy);
}

static void read_page_of(uint8_t kind, clus_str raw)
{
    struct page page = {.title = {NULL, 0}};
    if (kind == 0)
        page_from_text(&page, raw);
    else if (kind == 1)
        page_from_markdown(&page, raw);
    else
        page_from_html(&page, raw);
    page_done(&page);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    char *copy = malloc(size); /* exact, so that a byte too far is seen */
    if (!copy)
        return 0;
    memcpy(copy, data + 1, size - 1);
    if (data[0] % 4 == 3) {
        struct json_in in = json_begin(copy, size - 1);
        open_json(data + 1, size - 1, read_json(&in));
    } else {
        read_page_of(data[0] % 4, (clus_str){copy, size - 1});
    }
    free(copy);
    return 0;
}
