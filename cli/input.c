/* Walk files and folders, tell formats, dispatch to the readers. */
#include "input.h"

#include <errno.h>
#include <fts.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* fts_open wants its paths and the comparison in its own types. */
static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static void add_file(struct input_files *files, const FTSENT *entry, size_t id_at)
{
    mem_grow(&files->files, &files->cap, files->n + 1, sizeof *files->files);
    struct input_file *file = &files->files[files->n++];
    file->path = mem_strdup(entry->fts_path);
    file->id = file->path + id_at;
    file->in_folder = entry->fts_level > 0;
    file->size = entry->fts_info == FTS_F ? (uint64_t)entry->fts_statp->st_size : 0;
    files->bytes += file->size;
}

static bool is_skipped(const struct input_walk *walk, const FTSENT *entry)
{
    struct stat other;
    if (entry->fts_level > 0 && entry->fts_name[0] == '.')
        return true;
    return entry->fts_info == FTS_D && walk->skip && stat(walk->skip, &other) == 0 &&
           other.st_dev == entry->fts_statp->st_dev &&
           other.st_ino == entry->fts_statp->st_ino;
}

/* First byte of the id: below the folder named, or the file's own name. */
static size_t id_start(const FTSENT *entry, size_t root_len)
{
    if (entry->fts_level == 0)
        return entry->fts_pathlen - entry->fts_namelen;
    size_t at = root_len;
    while (entry->fts_path[at] == '/')
        at++;
    return at;
}

static void take_entry(struct input_walk *walk, FTS *fts, FTSENT *entry, size_t root_len)
{
    switch (entry->fts_info) {
    case FTS_D:
    case FTS_F:
    case FTS_SL:
        if (is_skipped(walk, entry))
            (void)fts_set(fts, entry, FTS_SKIP);
        else if (entry->fts_info == FTS_F)
            add_file(&walk->found, entry, id_start(entry, root_len));
        break;
    case FTS_DEFAULT: /* a pipe that was named, as the shell's <(…) */
        if (entry->fts_level == 0)
            add_file(&walk->found, entry, id_start(entry, root_len));
        break;
    case FTS_DNR:
    case FTS_ERR:
    case FTS_NS: /* reading it will tell why */
        add_file(&walk->found, entry, id_start(entry, root_len));
        break;
    default: break;
    }
}

bool input_gather(struct input_walk *walk, const char *path)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return false;
    char *root = mem_strdup(path);
    char *paths[2] = {root, NULL};
    int flags = FTS_NOCHDIR | (walk->follow ? FTS_LOGICAL : FTS_PHYSICAL | FTS_COMFOLLOW);
    FTS *fts = fts_open(paths, flags, by_name);
    if (!fts) {
        mem_free(root);
        return false;
    }
    for (FTSENT *entry = fts_read(fts); entry; entry = fts_read(fts))
        take_entry(walk, fts, entry, strlen(root));
    int error = errno;
    (void)fts_close(fts);
    mem_free(root);
    errno = error;
    return error == 0;
}

void input_files_done(struct input_files *files)
{
    for (size_t i = 0; i < files->n; i++)
        mem_free(files->files[i].path);
    mem_free(files->files);
    *files = (struct input_files){0};
}

static bool ends_with(const char *s, size_t len, const char *ending)
{
    size_t n = strlen(ending);
    return len > n && strncasecmp(s + len - n, ending, n) == 0;
}

enum input_format input_format_of_name(const char *path)
{
    static const struct {
        const char *ending;
        enum input_format format;
    } endings[] = {
        {".txt", FORMAT_TEXT},          {".text", FORMAT_TEXT},   {".md", FORMAT_MARKDOWN},
        {".markdown", FORMAT_MARKDOWN}, {".html", FORMAT_HTML},   {".htm", FORMAT_HTML},
        {".xhtml", FORMAT_HTML},        {".jsonl", FORMAT_JSONL}, {".ndjson", FORMAT_JSONL},
        {".tsv", FORMAT_TSV},           {".csv", FORMAT_CSV}};
    size_t len = strlen(path);
    if (ends_with(path, len, ".gz"))
        len -= 3;
    else if (ends_with(path, len, ".zst"))
        len -= 4;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (ends_with(path, len, endings[i].ending))
            return endings[i].format;
    return FORMAT_UNKNOWN;
}

/* NUL bytes, or many controls: nothing that a person wrote to be read. UTF-16 has a mark.
 */
static bool looks_binary(clus_str head)
{
    size_t odd = 0;
    if (head.len >= 2 &&
        (memcmp(head.data, "\xff\xfe", 2) == 0 || memcmp(head.data, "\xfe\xff", 2) == 0))
        return false;
    for (size_t i = 0; i < head.len; i++) {
        unsigned char c = (unsigned char)head.data[i];
        if (c == 0)
            return true;
        odd += c < 0x20 && (c < '\t' || c > '\r') && c != 0x1b;
    }
    return odd > head.len / 20;
}

/* Whether `head` begins with the word, blanks and case aside. */
static bool begins(clus_str head, const char *word)
{
    head = str_trim(head);
    size_t len = strlen(word);
    return head.len >= len && strncasecmp(head.data, word, len) == 0;
}

static enum input_format format_of_content(clus_str head)
{
    if (begins(head, "<!doctype html") || begins(head, "<html"))
        return FORMAT_HTML;
    if (begins(head, "{\"") && memchr(head.data, '\n', head.len))
        return FORMAT_JSONL;
    return FORMAT_TEXT;
}

bool input_problem(struct input_source *in, enum input_skip kind, const char *reason)
{
    return in->sink->problem(in->sink->ctx, kind, &in->at, reason);
}

static bool read_by_format(struct input_source *in, enum input_format format)
{
    clus_str head = stream_peek(in->stream);
    if (format == FORMAT_UNKNOWN)
        format = format_of_content(head);
    if (head.len == 0 && stream_failed(in->stream))
        return input_problem(in, SKIP_UNREADABLE, stream_error(in->stream));
    if (format != FORMAT_JSONL && looks_binary(head))
        return input_problem(in, SKIP_BINARY, "not text");
    switch (format) {
    case FORMAT_JSONL: return read_jsonl(in);
    case FORMAT_TSV: return read_table(in, false);
    case FORMAT_CSV: return read_table(in, true);
    case FORMAT_TEXT:
    case FORMAT_MARKDOWN:
    case FORMAT_HTML:
    case FORMAT_UNKNOWN: break;
    }
    return read_page(in, format);
}

bool input_read_file(const struct input_file *file, const char *id_prefix,
                     const struct input_sink *sink)
{
    struct input_source in = {.sink = sink,
                              .at = {.file = file->path},
                              .id = file->id,
                              .id_prefix = id_prefix ? id_prefix : ""};
    struct stat info;
    errno = 0;
    if (stat(file->path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISFIFO(info.st_mode))
        return input_problem(&in, SKIP_UNREADABLE,
                             S_ISDIR(info.st_mode) ? "the folder cannot be read"
                                                   : "neither a file nor a folder");
    in.stream = stream_open(file->path);
    if (!in.stream)
        return input_problem(&in, SKIP_UNREADABLE, strerror(errno));
    bool more = read_by_format(&in, input_format_of_name(file->path));
    stream_close(in.stream);
    return more;
}

bool input_read_stdin(const char *id_prefix, const struct input_sink *sink)
{
    struct input_source in = {.sink = sink,
                              .at = {.file = "-"},
                              .id_prefix = id_prefix ? id_prefix : "",
                              .stream = stream_open_until("-", sink->stopped)};
    bool more = read_jsonl(&in);
    stream_close(in.stream);
    return more;
}

clus_str input_id(struct input_source *in, clus_str id, struct text *room)
{
    if (in->id_prefix[0] == '\0' || id.len == 0)
        return id;
    room->len = 0;
    text_str(room, in->id_prefix);
    text_add_str(room, id);
    return text_view(room);
}

void tags_add(struct tag_list *list, clus_str tag)
{
    tag = str_trim(tag);
    if (tag.len == 0)
        return;
    for (size_t i = 0; i < list->n; i++)
        if (str_equal(list->tags[i], tag))
            return;
    mem_grow(&list->tags, &list->cap, list->n + 1, sizeof *list->tags);
    list->tags[list->n++] = tag;
}

void tags_split(struct tag_list *list, clus_str text, const char *separators)
{
    size_t start = 0;
    for (size_t i = 0; i <= text.len; i++) {
        if (i < text.len && (text.data[i] == '\0' || !strchr(separators, text.data[i])))
            continue;
        tags_add(list, (clus_str){text.data + start, i - start});
        start = i + 1;
    }
}

void fields_add(struct field_list *list, clus_str name, clus_str value)
{
    mem_grow(&list->fields, &list->cap, list->n + 1, sizeof *list->fields);
    list->fields[list->n++] = (clus_field){name, value};
}
