/* `csearch get`: stored documents. */
#include <unistd.h>

#include "json_write.h"
#include "query_out.h"
#include "session.h"
#include "utf8.h"
#include "verbs.h"

enum { GET_TEXT, GET_JSON };

struct get_options {
    int format;
    const char *field;
};

static const char *const format_names[] = {"text", "json", NULL};

static const struct option options[] = {
    {.name = "format",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct get_options, format),
     .value = "FORMAT",
     .help = "json gives an object a line",
     .choices = format_names},
    {.name = "field",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct get_options, field),
     .value = "NAME",
     .help = "only this field, byte for byte as it was added, nothing behind it"},
    {.kind = OPTION_END}};

static void add_header(struct text *t, const char *name, clus_str value)
{
    if (value.len == 0)
        return;
    text_printf(t, "%s: ", name);
    utf8_add_safe(t, value, true);
    text_byte(t, '\n');
}

/* Headers as of a letter, an empty line, the text. */
static void add_text(struct text *t, const clus_document *doc)
{
    add_header(t, "id", doc->id);
    add_header(t, "title", doc->title);
    add_header(t, "date", doc->date);
    add_header(t, "lang", doc->lang);
    add_header(t, "source", doc->source);
    add_header(t, "url", doc->url);
    for (size_t i = 0; i < doc->n_tags; i++)
        add_header(t, "tag", doc->tags[i]);
    for (size_t i = 0; i < doc->n_fields; i++) {
        utf8_add_safe(t, doc->fields[i].name, true);
        add_header(t, "", doc->fields[i].value);
    }
    text_byte(t, '\n');
    utf8_add_safe(t, doc->text, false);
    text_byte(t, '\n');
    if (doc->extra.len) {
        text_str(t, "\n-- furniture:\n");
        utf8_add_safe(t, doc->extra, false);
        text_byte(t, '\n');
    }
}

static void add_json(struct text *t, const clus_document *doc)
{
    struct json j = {.text = t};
    json_open(&j, '{');
    json_member(&j, "id", doc->id);
    document_members(&j, doc);
    json_member(&j, "text", doc->text);
    json_member(&j, "extra", doc->extra);
    document_fields(&j, doc);
    json_close(&j, '}');
    text_byte(t, '\n');
}

static bool add_field(struct text *t, const clus_document *doc, const char *name)
{
    const struct {
        const char *name;
        clus_str value;
    } known[] = {{"id", doc->id},         {"title", doc->title}, {"text", doc->text},
                 {"extra", doc->extra},   {"lang", doc->lang},   {"date", doc->date},
                 {"source", doc->source}, {"url", doc->url}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (str_is(str_of(name), known[i].name)) {
            text_add_str(t, known[i].value);
            return true;
        }
    }
    for (size_t i = 0; i < doc->n_fields; i++) {
        if (str_is(doc->fields[i].name, name)) {
            text_add_str(t, doc->fields[i].value);
            return true;
        }
    }
    return false;
}

static int get_one(const struct call *call, const struct session *s, struct out *out,
                   const char *id)
{
    const struct get_options *opts = call->options;
    clus_stored *stored = NULL;
    clus_error err;
    clus_status st = clus_snapshot_get(s->snap, str_of(id), &stored, &err);
    if (st < 0)
        return fail("index", call->index, &err);
    if (st == CLUS_DONE) {
        say("get: no document '%s' in '%s'", id, call->index);
        return EXIT_NOTHING;
    }
    const clus_document *doc = clus_stored_view(stored);
    int status = EXIT_FOUND;
    if (opts->field && !add_field(&out->text, doc, opts->field)) {
        say("get: document '%s' has no field '%s'", id, opts->field);
        status = EXIT_NOTHING;
    } else if (!opts->field) {
        if (opts->format == GET_JSON)
            add_json(&out->text, doc);
        else
            add_text(&out->text, doc);
    }
    clus_stored_free(stored);
    out_maybe_flush(out);
    return status;
}

static int run(const struct call *call)
{
    struct session s;
    struct out out = {.fd = STDOUT_FILENO};
    if (call->n_operands == 0)
        return usage("get: name the ids of documents");
    int status = session_open(call, &s);
    if (status != EXIT_FOUND)
        return status;
    for (size_t i = 0; i < call->n_operands && status <= EXIT_NOTHING; i++) {
        int one = get_one(call, &s, &out, call->operands[i]);
        status = one > status ? one : status;
    }
    session_close(&s);
    return out_end(&out, status);
}

const struct verb verb_get = {.name = "get",
                              .operands = "ID…",
                              .summary = "the stored documents of these ids",
                              .options = options,
                              .size = sizeof(struct get_options),
                              .run = run};
