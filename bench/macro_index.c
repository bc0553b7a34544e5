/*
 * Bulk loading and small commits: MB of text a second, bytes written, memory, latency.
 *
 *     macro_index [--threads N] [--memory MIB] [--limit MB] [--commit DOCS]
 *                 [--updates DOCS] [--dir DIR] FILE.jsonl | DIRECTORY | -
 *
 * A line of JSONL is an object of strings: id, title, text, lang, date, source, url. A
 * directory is read as text files, repeated to --limit. `-` reads JSONL from standard
 * input. Reading and parsing is timed apart from indexing.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <clustersearch/clustersearch.h>

struct options {
    unsigned threads, memory, commit, updates;
    double limit;
    const char *dir, *input;
};

struct run {
    clus_index *index;
    clus_writer *writer;
    const struct options *opts;
    unsigned long documents, pending;
    double bytes, busy, slowest, commits_time;
    unsigned long commits;
};

static double now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void die(const char *what, const char *why)
{
    (void)fprintf(stderr, "macro_index: %s: %s\n", what, why);
    exit(1);
}

static void commit(struct run *r)
{
    clus_error err = {0};
    double begin = now();
    if (clus_writer_commit(r->writer, NULL, &err) != CLUS_OK)
        die("commit", err.message);
    double took = now() - begin;
    r->commits++;
    r->commits_time += took;
    if (took > r->slowest)
        r->slowest = took;
    r->pending = 0;
}

static void add(struct run *r, const clus_document *doc)
{
    clus_error err = {0};
    if (doc->text.len == 0 && doc->title.len == 0)
        return;
    double begin = now();
    if (clus_writer_add(r->writer, doc, &err) != CLUS_OK)
        die("add", err.message);
    r->documents++;
    r->bytes += (double)(doc->title.len + doc->text.len);
    if (++r->pending == r->opts->commit)
        commit(r);
    r->busy += now() - begin;
}

/* ---- JSON lines ---- */

static unsigned hex4(const char *p)
{
    char digits[5] = {p[0], p[1], p[2], p[3], 0};
    return (unsigned)strtoul(digits, NULL, 16);
}

static char *put_utf8(char *to, unsigned c)
{
    if (c < 0x80) {
        *to++ = (char)c;
    } else if (c < 0x800) {
        *to++ = (char)(0xC0 | c >> 6);
        *to++ = (char)(0x80 | (c & 63));
    } else if (c < 0x10000) {
        *to++ = (char)(0xE0 | c >> 12);
        *to++ = (char)(0x80 | (c >> 6 & 63));
        *to++ = (char)(0x80 | (c & 63));
    } else {
        *to++ = (char)(0xF0 | c >> 18);
        *to++ = (char)(0x80 | (c >> 12 & 63));
        *to++ = (char)(0x80 | (c >> 6 & 63));
        *to++ = (char)(0x80 | (c & 63));
    }
    return to;
}

/* Unescape a string in place; *p stands behind its opening quote and then behind its
 * closing one. */
static clus_str string(char **p)
{
    char *from = *p, *to = *p;
    clus_str out = {*p, 0};
    for (; *from && *from != '"'; from++) {
        if (*from != '\\') {
            *to++ = *from;
            continue;
        }
        from++;
        static const char escapes[] = "nrtbf";
        static const char values[] = "\n\r\t\b\f";
        const char *known = *from ? strchr(escapes, *from) : NULL;
        if (*from == 'u' && strlen(from) > 4) {
            unsigned c = hex4(from + 1);
            from += 4;
            if (c >= 0xD800 && c < 0xDC00 && from[1] == '\\' && from[2] == 'u') {
                c = 0x10000 + ((c - 0xD800) << 10) + (hex4(from + 3) - 0xDC00);
                from += 6;
            }
            to = put_utf8(to, c);
        } else {
            *to++ = known ? values[known - escapes] : *from;
        }
    }
    out.len = (size_t)(to - out.data);
    *p = *from ? from + 1 : from;
    return out;
}

static void set(clus_document *doc, clus_str name, clus_str value)
{
    struct {
        const char *name;
        clus_str *to;
    } fields[] = {{"id", &doc->id},     {"title", &doc->title}, {"text", &doc->text},
                  {"lang", &doc->lang}, {"date", &doc->date},   {"source", &doc->source},
                  {"url", &doc->url}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (strlen(fields[i].name) == name.len &&
            memcmp(fields[i].name, name.data, name.len) == 0)
            *fields[i].to = value;
    }
}

static void parse_line(char *p, clus_document *doc)
{
    while (*p) {
        while (*p && *p != '"')
            p++;
        if (!*p)
            return;
        p++;
        clus_str name = string(&p), value = {0};
        while (*p == ':' || *p == ' ')
            p++;
        if (*p == '"') {
            p++;
            value = string(&p);
        }
        set(doc, name, value);
    }
}

static void read_jsonl(struct run *r, FILE *in)
{
    char *line = NULL;
    size_t cap = 0;
    while ((r->opts->limit == 0 || r->bytes < r->opts->limit * 1e6) &&
           getline(&line, &cap, in) > 0) {
        clus_document doc = {0};
        parse_line(line, &doc);
        add(r, &doc);
    }
    free(line);
}

/* ---- text files ---- */

struct texts {
    char **data;
    size_t *lens;
    size_t n, cap;
};

static void load_file(struct texts *t, const char *path)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || info.st_size == 0) {
        if (fd >= 0)
            (void)close(fd);
        return;
    }
    if (t->n == t->cap) {
        t->cap = t->cap ? 2 * t->cap : 64;
        t->data = realloc(t->data, t->cap * sizeof *t->data);
        t->lens = realloc(t->lens, t->cap * sizeof *t->lens);
        if (!t->data || !t->lens)
            die(path, "out of memory");
    }
    char *data = malloc((size_t)info.st_size);
    ssize_t n = data ? read(fd, data, (size_t)info.st_size) : -1;
    (void)close(fd);
    if (n <= 0)
        die(path, "cannot be read");
    t->data[t->n] = data;
    t->lens[t->n++] = (size_t)n;
}

/* Documents of pieces of the files in changing order, so that none is equal to another. */
static void read_directory(struct run *r, const char *path)
{
    struct texts t = {0};
    DIR *dir = opendir(path);
    char name[4096], id[32];
    if (!dir)
        die(path, strerror(errno));
    for (const struct dirent *e = readdir(dir); e; e = readdir(dir)) {
        (void)snprintf(name, sizeof name, "%s/%s", path, e->d_name);
        load_file(&t, name);
    }
    (void)closedir(dir);
    if (t.n == 0)
        die(path, "has no files");
    double limit = r->opts->limit > 0 ? r->opts->limit : 64;
    for (unsigned long i = 0; r->bytes < limit * 1e6; i++) {
        size_t which = (size_t)(i * 2654435761u % t.n);
        (void)snprintf(id, sizeof id, "d%lu", i);
        clus_document doc = {.id = {id, strlen(id)},
                             .text = {t.data[which], t.lens[which]}};
        add(r, &doc);
    }
    for (size_t i = 0; i < t.n; i++)
        free(t.data[i]);
    free(t.data);
    free(t.lens);
}

/* ---- the whole ---- */

static void read_input(struct run *r)
{
    struct stat info;
    const char *path = r->opts->input;
    if (strcmp(path, "-") == 0) {
        read_jsonl(r, stdin);
    } else if (stat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
        read_directory(r, path);
    } else {
        FILE *in = fopen(path, "re");
        if (!in)
            die(path, strerror(errno));
        read_jsonl(r, in);
        (void)fclose(in);
    }
}

static double cpu_seconds(void)
{
    struct rusage use;
    (void)getrusage(RUSAGE_SELF, &use);
    return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
           (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) * 1e-6;
}

static double written_mb(void)
{
    char line[128];
    double bytes = 0;
    FILE *in = fopen("/proc/self/io", "re");
    while (in && fgets(line, sizeof line, in)) {
        if (strncmp(line, "write_bytes:", 12) == 0)
            bytes = strtod(line + 12, NULL);
    }
    if (in)
        (void)fclose(in);
    return bytes / 1e6;
}

static void print_stats(const struct run *r)
{
    clus_snapshot *snap = NULL;
    clus_stats s;
    clus_error err = {0};
    if (clus_snapshot_open(r->index, &snap, &err) != CLUS_OK ||
        clus_snapshot_stats(snap, &s, &err) != CLUS_OK)
        die("stats", err.message);
    (void)printf("  documents %llu  terms %llu  forms %llu  postings %llu  tokens %llu  "
                 "segments %u\n",
                 (unsigned long long)s.documents, (unsigned long long)s.terms,
                 (unsigned long long)s.forms, (unsigned long long)s.postings,
                 (unsigned long long)s.tokens, s.segments);
    for (unsigned i = 0; i < s.n_parts; i++)
        (void)printf("  %-11s %8.1f MB  %5.1f %%\n", s.parts[i].name,
                     (double)s.parts[i].bytes / 1e6,
                     100.0 * (double)s.parts[i].bytes / r->bytes);
    (void)printf("  file %.1f MB, live %.1f MB\n", (double)s.file_bytes / 1e6,
                 (double)s.live_bytes / 1e6);
    clus_snapshot_free(snap);
}

static void bulk(struct run *r)
{
    double begin = now(), cpu = cpu_seconds(), written = written_mb();
    read_input(r);
    double last = now();
    commit(r);
    r->busy += now() - last;
    double total = now() - begin, used = cpu_seconds() - cpu;
    struct rusage use;
    (void)getrusage(RUSAGE_SELF, &use);
    (void)printf(
        "bulk: %lu documents, %.1f MB, %u threads, %lu commits (last %.2f s, slowest "
        "%.3f s)\n",
        r->documents, r->bytes / 1e6, r->opts->threads, r->commits, now() - last,
        r->slowest);
    (void)printf(
        "  %.1f MB/s in all, %.1f MB/s indexing, %.1f MB a CPU second, RSS %.0f MB, "
        "written %.2f bytes a byte\n",
        r->bytes / 1e6 / total, r->bytes / 1e6 / r->busy, r->bytes / 1e6 / used,
        (double)use.ru_maxrss / 1024, (written_mb() - written) * 1e6 / r->bytes);
}

static void open_run(struct run *r, char *path, size_t cap)
{
    clus_error err = {0};
    (void)snprintf(path, cap, "%s/macro-index-%ld", r->opts->dir, (long)getpid());
    if (clus_index_create(path, NULL, &r->index, &err) != CLUS_OK)
        die("create", err.message);
    clus_writer_options options = {.threads = r->opts->threads,
                                   .memory_bytes = (uint64_t)r->opts->memory << 20,
                                   .relaxed = true};
    if (clus_writer_open(r->index, &options, &r->writer, &err) != CLUS_OK)
        die("writer", err.message);
}

static void close_run(struct run *r, const char *path)
{
    char name[8192];
    clus_error err = {0};
    clus_writer_free(r->writer);
    if (clus_index_close(r->index, &err) != CLUS_OK)
        die("close", err.message);
    DIR *dir = opendir(path);
    for (const struct dirent *e = dir ? readdir(dir) : NULL; e; e = readdir(dir)) {
        (void)snprintf(name, sizeof name, "%s/%s", path, e->d_name);
        (void)unlink(name);
    }
    if (dir)
        (void)closedir(dir);
    (void)rmdir(path);
}

/* Commits of a few documents that replace others. */
static void updates(struct run *r)
{
    if (!r->opts->updates)
        return;
    double begin = now(), written = written_mb(), bytes = 0;
    enum { COMMITS = 100 };
    r->slowest = 0;
    for (unsigned c = 0; c < COMMITS; c++) {
        for (unsigned i = 0; i < r->opts->updates; i++) {
            char id[32], text[256];
            (void)snprintf(id, sizeof id, "u%u", (c * r->opts->updates + i) % 5000);
            (void)snprintf(text, sizeof text,
                           "обновление %u документа %u: кластеры города и области открыты",
                           c, i);
            clus_document doc = {.id = {id, strlen(id)}, .text = {text, strlen(text)}};
            clus_error err = {0};
            if (clus_writer_add(r->writer, &doc, &err) != CLUS_OK)
                die("add", err.message);
            bytes += (double)strlen(text);
        }
        commit(r);
    }
    (void)printf(
        "updates: %d commits of %u documents: %.2f ms each, slowest %.2f ms, written "
        "%.1f bytes a byte\n",
        COMMITS, r->opts->updates, (now() - begin) * 1e3 / COMMITS, r->slowest * 1e3,
        (written_mb() - written) * 1e6 / bytes);
}

static unsigned number(const char *text)
{
    return (unsigned)strtoul(text, NULL, 10);
}

int main(int argc, char **argv)
{
    struct options o = {.threads = 2, .memory = 512, .dir = "/tmp", .updates = 100};
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "0";
        if (argv[i][0] != '-' || !argv[i][1]) {
            o.input = argv[i];
            continue;
        }
        if (strcmp(argv[i], "--threads") == 0)
            o.threads = number(value);
        else if (strcmp(argv[i], "--memory") == 0)
            o.memory = number(value);
        else if (strcmp(argv[i], "--limit") == 0)
            o.limit = strtod(value, NULL);
        else if (strcmp(argv[i], "--commit") == 0)
            o.commit = number(value);
        else if (strcmp(argv[i], "--updates") == 0)
            o.updates = number(value);
        else if (strcmp(argv[i], "--dir") == 0)
            o.dir = value;
        else
            die(argv[i], "unknown option");
        i++;
    }
    if (!o.input)
        die("usage", "macro_index [options] FILE.jsonl | DIRECTORY | -");
    char path[4096];
    struct run r = {.opts = &o};
    open_run(&r, path, sizeof path);
    bulk(&r);
    print_stats(&r);
    updates(&r);
    close_run(&r, path);
    return 0;
}
