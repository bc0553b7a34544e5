/* JSON lines: an object a line is a document. */
#include "input.h"
#include "json_read.h"

#include <string.h>

/* What the lines of one file share; its lists are reused from line to line. */
struct jsonl {
    struct input_source *in;
    struct tag_list tags;
    struct field_list fields;
    struct text id_room;
};

static void take_tags(struct jsonl *j, struct json_value value)
{
    struct json_value tag;
    if (value.kind != JSON_ARRAY) {
        tags_add(&j->tags, value.text);
        return;
    }
    struct json_in in = json_inside(value);
    while (json_element_next(&in, &tag))
        if (tag.kind != JSON_NULL)
            tags_add(&j->tags, tag.text);
}

static void take_member(struct jsonl *j, clus_document *doc, clus_str name,
                        struct json_value value)
{
    const struct {
        const char *name;
        clus_str *slot;
    } known[] = {{"id", &doc->id},       {"title", &doc->title},  {"text", &doc->text},
                 {"lang", &doc->lang},   {"date", &doc->date},    {"url", &doc->url},
                 {"extra", &doc->extra}, {"source", &doc->source}};
    if (value.kind == JSON_NULL)
        return;
    bool simple = value.kind != JSON_OBJECT && value.kind != JSON_ARRAY;
    for (size_t i = 0; simple && i < sizeof known / sizeof *known; i++) {
        if (str_is(name, known[i].name)) {
            *known[i].slot = value.text;
            return;
        }
    }
    if (str_is(name, "tags") && value.kind != JSON_OBJECT)
        take_tags(j, value);
    else
        fields_add(&j->fields, name, value.text);
}

/* The reason why a line is no document, or NULL. */
static const char *parse_line(struct jsonl *j, char *line, size_t len, clus_document *doc)
{
    struct json_in in = json_begin(line, len);
    struct json_value value;
    clus_str name;
    if (!json_step_in(&in))
        return in.error;
    while (json_member_next(&in, &name, &value))
        take_member(j, doc, name, value);
    if (in.error || !json_ended(&in))
        return in.error;
    doc->id = input_id(j->in, doc->id, &j->id_room);
    doc->tags = j->tags.tags;
    doc->n_tags = j->tags.n;
    doc->fields = j->fields.fields;
    doc->n_fields = j->fields.n;
    return NULL;
}

static bool take_line(struct jsonl *j, char *line, size_t len)
{
    struct input_source *in = j->in;
    clus_document doc = {.id = {NULL, 0}};
    clus_str trimmed = str_trim((clus_str){line, len});
    if (trimmed.len == 0)
        return true;
    j->tags.n = j->fields.n = 0;
    const char *reason = parse_line(j, line + (trimmed.data - line), trimmed.len, &doc);
    if (reason)
        return input_problem(in, SKIP_BROKEN, reason);
    if (str_trim(doc.text).len == 0 && str_trim(doc.title).len == 0)
        return input_problem(in, SKIP_EMPTY, "no text and no title");
    return in->sink->document(in->sink->ctx, &doc, &in->at);
}

bool read_jsonl(struct input_source *in)
{
    struct jsonl j = {.in = in};
    enum stream_status status;
    bool more = true;
    char *line;
    size_t len;
    do {
        status = stream_line(in->stream, INPUT_LONGEST, &line, &len);
        in->at.line = stream_line_number(in->stream);
        if (status == STREAM_OK)
            more = take_line(&j, line, len);
        else if (status == STREAM_TOO_LONG)
            more = input_problem(in, SKIP_BROKEN, "a line longer than 1 GiB");
        else if (status == STREAM_FAILED)
            more = input_problem(in, SKIP_UNREADABLE, stream_error(in->stream));
        if (in->sink->progress)
            in->sink->progress(in->sink->ctx, stream_file_bytes(in->stream));
    } while (more && (status == STREAM_OK || status == STREAM_TOO_LONG));
    mem_free(j.tags.tags);
    mem_free(j.fields.fields);
    text_done(&j.id_room);
    return more;
}
