/*
 * Tables: a header row names the columns, each further row is a document. TSV has no
 * quoting; CSV has that of RFC 4180, so a quoted cell may hold line ends.
 */
#include "input.h"

#include <string.h>

struct table {
    struct input_source *in;
    bool csv;
    struct pool names; /* the header's texts */
    clus_str *columns;
    size_t n_columns, columns_cap;
    clus_str *cells;
    size_t n_cells, cells_cap;
    struct text row; /* the cells' texts, joined */
    size_t *ends;    /* where each cell ends in `row` */
    size_t ends_cap;
    struct tag_list tags;
    struct field_list fields;
    struct text id_room;
};

static void end_cell(struct table *t)
{
    mem_grow(&t->ends, &t->ends_cap, t->n_cells + 1, sizeof *t->ends);
    t->ends[t->n_cells++] = t->row.len;
}

/* Add a line to the row; true when a quoted cell goes on behind its end. */
static bool add_csv_line(struct table *t, const char *line, size_t len, bool quoted)
{
    for (size_t i = 0; i < len; i++) {
        char c = line[i];
        bool starts = t->row.len == (t->n_cells ? t->ends[t->n_cells - 1] : 0);
        if (quoted && c == '"' && i + 1 < len && line[i + 1] == '"') {
            text_byte(&t->row, c);
            i++;
        } else if (quoted ? c == '"' : c == '"' && starts) {
            quoted = !quoted;
        } else if (!quoted && c == ',') {
            end_cell(t);
        } else {
            text_byte(&t->row, c);
        }
    }
    if (quoted)
        text_byte(&t->row, '\n');
    return quoted;
}

static void add_tsv_line(struct table *t, const char *line, size_t len)
{
    const char *end = line + len;
    for (;;) {
        const char *tab = memchr(line, '\t', (size_t)(end - line));
        text_add(&t->row, line, (size_t)((tab ? tab : end) - line));
        if (!tab)
            return;
        end_cell(t);
        line = tab + 1;
    }
}

/* Read a row into `cells`; in->at.line is its first line. */
static enum stream_status read_row(struct table *t)
{
    bool quoted = false, first = true;
    t->row.len = t->n_cells = 0;
    do {
        char *line;
        size_t len;
        enum stream_status status = stream_line(t->in->stream, INPUT_LONGEST, &line, &len);
        if (first)
            t->in->at.line = stream_line_number(t->in->stream);
        if (status != STREAM_OK)
            return !first && status == STREAM_END ? STREAM_TOO_LONG : status;
        if (first && t->in->at.line == 1 && len >= 3 &&
            memcmp(line, "\xef\xbb\xbf", 3) == 0) {
            line += 3;
            len -= 3;
        }
        if (t->csv)
            quoted = add_csv_line(t, line, len, quoted);
        else
            add_tsv_line(t, line, len);
        first = false;
    } while (quoted && t->row.len <= INPUT_LONGEST);
    if (quoted)
        return STREAM_TOO_LONG;
    end_cell(t);
    mem_grow(&t->cells, &t->cells_cap, t->n_cells, sizeof *t->cells);
    const char *data = text_z(&t->row);
    for (size_t i = 0, start = 0; i < t->n_cells; start = t->ends[i++])
        t->cells[i] = (clus_str){data + start, t->ends[i] - start};
    return STREAM_OK;
}

static bool keep_header(struct table *t)
{
    bool useful = false;
    t->n_columns = t->n_cells;
    mem_grow(&t->columns, &t->columns_cap, t->n_cells, sizeof *t->columns);
    for (size_t i = 0; i < t->n_cells; i++) {
        t->columns[i] = pool_copy(&t->names, str_trim(t->cells[i]));
        useful |= str_is(t->columns[i], "text") || str_is(t->columns[i], "title");
    }
    return useful;
}

static void take_cell(struct table *t, clus_document *doc, clus_str name, clus_str value)
{
    const struct {
        const char *name;
        clus_str *slot;
    } known[] = {{"id", &doc->id},       {"title", &doc->title},  {"text", &doc->text},
                 {"lang", &doc->lang},   {"date", &doc->date},    {"url", &doc->url},
                 {"extra", &doc->extra}, {"source", &doc->source}};
    if (value.len == 0 || name.len == 0)
        return;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (str_is(name, known[i].name)) {
            *known[i].slot = value;
            return;
        }
    }
    if (str_is(name, "tags"))
        tags_split(&t->tags, value, ",;|");
    else
        fields_add(&t->fields, name, value);
}

static bool take_row(struct table *t)
{
    struct input_source *in = t->in;
    clus_document doc = {.id = {NULL, 0}};
    if (t->n_cells == 1 && t->cells[0].len == 0)
        return true; /* an empty line */
    if (t->n_cells > t->n_columns)
        return input_problem(in, SKIP_BROKEN, "more cells than the header has columns");
    t->tags.n = t->fields.n = 0;
    for (size_t i = 0; i < t->n_cells; i++)
        take_cell(t, &doc, t->columns[i], t->cells[i]);
    if (str_trim(doc.text).len == 0 && str_trim(doc.title).len == 0)
        return input_problem(in, SKIP_EMPTY, "no text and no title");
    doc.id = input_id(in, doc.id, &t->id_room);
    doc.tags = t->tags.tags;
    doc.n_tags = t->tags.n;
    doc.fields = t->fields.fields;
    doc.n_fields = t->fields.n;
    return in->sink->document(in->sink->ctx, &doc, &in->at);
}

static bool read_rows(struct table *t)
{
    struct input_source *in = t->in;
    enum stream_status status = read_row(t);
    if (status == STREAM_END)
        return input_problem(in, SKIP_EMPTY, "an empty file");
    if (status == STREAM_OK && !keep_header(t))
        return input_problem(in, SKIP_BROKEN,
                             "no column is called text or title; the first row names the "
                             "columns");
    bool more = true;
    while (more && status == STREAM_OK) {
        status = read_row(t);
        if (status == STREAM_OK)
            more = take_row(t);
        if (in->sink->progress)
            in->sink->progress(in->sink->ctx, stream_file_bytes(in->stream));
    }
    if (status == STREAM_TOO_LONG)
        return input_problem(in, SKIP_BROKEN,
                             "a row that does not end: a quote is missing");
    if (status == STREAM_FAILED)
        return input_problem(in, SKIP_UNREADABLE, stream_error(in->stream));
    return more;
}

bool read_table(struct input_source *in, bool csv)
{
    struct table t = {.in = in, .csv = csv};
    bool more = read_rows(&t);
    pool_done(&t.names);
    mem_free(t.columns);
    mem_free(t.cells);
    mem_free(t.ends);
    mem_free(t.tags.tags);
    mem_free(t.fields.fields);
    text_done(&t.row);
    text_done(&t.id_room);
    return more;
}
