/* `csearch help`, also `help query` with the query language, and `help --man`. */
#include <string.h>
#include <unistd.h>

#include "man.h"
#include "out.h"
#include "utf8.h"
#include "verbs.h"

struct help_options {
    bool man;
};

static const struct option options[] = {{.name = "man",
                                         .kind = OPTION_FLAG,
                                         .offset = offsetof(struct help_options, man),
                                         .help = "print the manual page as roff"},
                                        {.kind = OPTION_END}};

enum { TITLE_COLUMNS = 24, WRAP_COLUMNS = 78 };

/* Words of `s` from column `at` on, further lines indented to `indent`. */
static void add_wrapped(struct text *t, const char *s, size_t at, size_t indent)
{
    while (*s) {
        size_t len = strcspn(s, " "), width = utf8_columns((clus_str){s, len});
        if (at > indent && at + 1 + width > WRAP_COLUMNS) {
            text_printf(t, "\n%*s", (int)indent, "");
            at = indent;
        } else if (at > indent) {
            text_byte(t, ' ');
            at++;
        }
        text_add(t, s, len);
        at += width;
        s += len + strspn(s + len, " ");
    }
    text_byte(t, '\n');
}

static void add_entry(struct text *t, const char *title, const char *help)
{
    size_t width = utf8_columns(str_of(title));
    text_printf(t, "  %s", title);
    if (width + 3 > TITLE_COLUMNS)
        text_printf(t, "\n%*s", TITLE_COLUMNS, "");
    else
        text_printf(t, "%*s", (int)(TITLE_COLUMNS - 2 - width), "");
    add_wrapped(t, help, TITLE_COLUMNS, TITLE_COLUMNS);
}

static void add_choices(struct text *t, const struct option *o)
{
    text_str(t, o->help);
    if (o->kind == OPTION_CHOICE) {
        text_str(t, ": ");
        for (const char *const *c = o->choices; *c; c++)
            text_printf(t, "%s%s", c == o->choices ? "" : ", ", *c);
    }
}

static void add_options(struct text *t, const struct option *table, bool available)
{
    for (const struct option *o = table; o->kind != OPTION_END; o++) {
        bool absent = o->kind == OPTION_ABSENT;
        if (absent == available)
            continue;
        struct text title = {0}, help = {0};
        option_title(&title, o);
        add_choices(&help, o);
        add_entry(t, text_z(&title), text_z(&help));
        text_done(&title);
        text_done(&help);
    }
}

static bool has_absent(const struct option *table)
{
    for (const struct option *o = table; o->kind != OPTION_END; o++)
        if (o->kind == OPTION_ABSENT)
            return true;
    return false;
}

static void verb_help_text(struct text *t, const struct verb *verb)
{
    text_printf(t, "csearch %s [OPTION…] %s\n\n  ", verb->name, verb->operands);
    add_wrapped(t, verb->summary, 2, 2);
    if (verb->alias)
        text_printf(t, "  Alias: %s\n", verb->alias);
    if (!verb->run) {
        text_str(t, "\n  Not available in this version.\n");
        return;
    }
    if (verb->about)
        text_printf(t, "\n%s", verb->about);
    text_str(t, "\nOptions:\n");
    add_options(t, verb->options, true);
    add_options(t, common_options, true);
    if (has_absent(verb->options)) {
        text_str(t, "\nNot available in this version:\n");
        add_options(t, verb->options, false);
    }
}

static void add_verbs(struct text *t, bool available)
{
    for (const struct verb *const *v = all_verbs; *v; v++) {
        if (((*v)->run != NULL) != available)
            continue;
        struct text title = {0};
        text_printf(&title, "%s %s", (*v)->name, (*v)->operands);
        add_entry(t, text_z(&title), (*v)->summary);
        text_done(&title);
    }
}

void help_text(struct text *t, const struct verb *verb)
{
    if (verb) {
        verb_help_text(t, verb);
        return;
    }
    text_str(t, "csearch [-i DIR] VERB [OPTION…] …\n\n"
                "Full-text search for Russian and Kazakh.\n\nVerbs:\n");
    add_verbs(t, true);
    text_str(t, "\nKnown, not available in this version:\n");
    add_verbs(t, false);
    text_str(t,
             "\nThe index is -i DIR, else $CSEARCH_INDEX, else ./.csearch.\n"
             "'csearch help VERB' shows a verb's options; 'csearch help query' the query\n"
             "language too.\n\n"
             "Exit status: 0 found or done, 1 nothing found, 2 usage or query error,\n"
             "3 index missing or locked, 4 damaged, 5 of a newer format, 6 input skipped\n"
             "under --strict, 124 timeout, 130 interrupted.\n");
}

static int run(const struct call *call)
{
    const struct help_options *opts = call->options;
    const struct verb *verb = NULL;
    if (call->n_operands > 1)
        return usage("help: one verb at a time");
    if (call->n_operands == 1) {
        verb = verb_find(call->operands[0]);
        if (!verb)
            return verb_unknown(call->operands[0]);
    }
    struct out out = {.fd = STDOUT_FILENO};
    if (opts->man)
        man_text(&out.text);
    else
        help_text(&out.text, verb);
    return out_end(&out, EXIT_FOUND);
}

const struct verb verb_help = {.name = "help",
                               .operands = "[VERB]",
                               .summary = "this list, or the options of a verb",
                               .options = options,
                               .size = sizeof(struct help_options),
                               .run = run};
