/* What the readers of csearch make of files: a JSON line a document or problem, no index.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "input.h"
#include "json_write.h"

static struct text out;

static void add_members(struct json *j, const clus_document *doc)
{
    json_member(j, "id", doc->id);
    json_member(j, "title", doc->title);
    json_member(j, "text", doc->text);
    json_member(j, "extra", doc->extra);
    json_member(j, "lang", doc->lang);
    json_member(j, "date", doc->date);
    json_member(j, "source", doc->source);
    json_member(j, "url", doc->url);
    json_key(j, "tags");
    json_open(j, '[');
    for (size_t i = 0; i < doc->n_tags; i++)
        json_str(j, doc->tags[i]);
    json_close(j, ']');
    json_key(j, "fields");
    json_open(j, '{');
    for (size_t i = 0; i < doc->n_fields; i++) {
        json_key_str(j, doc->fields[i].name);
        json_str(j, doc->fields[i].value);
    }
    json_close(j, '}');
}

static bool on_document(void *ctx, const clus_document *doc, const struct input_place *at)
{
    struct json j = {.text = &out};
    (void)ctx;
    json_open(&j, '{');
    json_member(&j, "file", str_of(at->file));
    json_member_uint(&j, "line", at->line);
    add_members(&j, doc);
    json_close(&j, '}');
    text_byte(&out, '\n');
    return true;
}

static bool on_problem(void *ctx, enum input_skip kind, const struct input_place *at,
                       const char *reason)
{
    static const char *const names[] = {"broken", "empty", "binary", "unreadable"};
    struct json j = {.text = &out};
    (void)ctx;
    json_open(&j, '{');
    json_member(&j, "file", str_of(at->file));
    json_member_uint(&j, "line", at->line);
    json_member(&j, "problem", str_of(names[kind]));
    json_member(&j, "reason", str_of(reason));
    json_close(&j, '}');
    text_byte(&out, '\n');
    return true;
}

static bool ignore_document(void *ctx, const clus_document *doc,
                            const struct input_place *at)
{
    (void)at;
    *(uint64_t *)ctx += doc->text.len;
    return true;
}

int main(int argc, char **argv)
{
    struct input_walk walk = {.follow = false};
    struct input_sink sink = {on_document, on_problem, NULL, NULL, NULL};
    uint64_t bytes = 0;
    int first = 1;
    if (argc > 1 && strcmp(argv[1], "--count") == 0) { /* for timing */
        sink = (struct input_sink){ignore_document, on_problem, &bytes, NULL, NULL};
        first = 2;
    }
    for (int i = first; i < argc; i++)
        if (!input_gather(&walk, argv[i]))
            perror(argv[i]);
    for (size_t i = 0; i < walk.found.n; i++)
        if (!input_read_file(&walk.found.files[i], "", &sink))
            return 1;
    if (first == 2)
        text_printf(&out, "%llu\n", (unsigned long long)bytes);
    input_files_done(&walk.found);
    size_t written = fwrite(out.data, 1, out.len, stdout);
    int failed = written != out.len || fflush(stdout) != 0;
    text_done(&out);
    return failed;
}
