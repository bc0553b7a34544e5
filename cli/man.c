/* Write csearch(1) from the same tables that parse the options. */
#include "man.h"

#include <stdio.h>

#include "verbs.h"

/* Text for roff: backslashes and dashes escaped, no line begins with a request. */
static void add_roff(struct text *t, const char *s)
{
    bool at_start = t->len == 0 || t->data[t->len - 1] == '\n';
    for (; *s; s++) {
        if (at_start && (*s == '.' || *s == '\''))
            text_str(t, "\\&");
        if (*s == '\\')
            text_str(t, "\\e");
        else if (*s == '-')
            text_str(t, "\\-");
        else
            text_byte(t, *s);
        at_start = *s == '\n';
    }
}

static void add_option(struct text *t, const struct option *o)
{
    struct text title = {0};
    option_title(&title, o);
    text_str(t, ".TP\n.B ");
    add_roff(t, text_z(&title));
    text_byte(t, '\n');
    add_roff(t, o->help);
    if (o->kind == OPTION_CHOICE) {
        text_str(t, ": ");
        for (const char *const *c = o->choices; *c; c++) {
            if (c != o->choices)
                text_str(t, ", ");
            add_roff(t, *c);
        }
    }
    if (o->kind == OPTION_ABSENT)
        text_str(t, " (not available in this version)");
    text_byte(t, '\n');
    text_done(&title);
}

static void add_verb(struct text *t, const struct verb *verb)
{
    text_str(t, ".SS ");
    text_printf(t, "\"csearch %s ", verb->name);
    add_roff(t, verb->operands);
    text_str(t, "\"\n");
    add_roff(t, verb->summary);
    if (verb->alias)
        text_printf(t, " (alias: %s)", verb->alias);
    text_str(t, ".\n");
    if (!verb->run)
        text_str(t, "Not available in this version.\n");
    if (verb->about) {
        text_str(t, ".PP\n.nf\n");
        add_roff(t, verb->about);
        text_str(t, ".fi\n");
    }
    for (const struct option *o = verb->options; o->kind != OPTION_END; o++)
        add_option(t, o);
}

void man_text(struct text *t)
{
    uint32_t v = clus_version();
    text_printf(t, ".TH CSEARCH 1 \"\" \"csearch %u.%u\" \"User Commands\"\n",
                v >> 16 & 0xff, v >> 8 & 0xff);
    text_str(t,
             ".SH NAME\ncsearch \\- full\\-text search for Russian and Kazakh\n"
             ".SH SYNOPSIS\n.B csearch\n[\\fB\\-i\\fR \\fIDIR\\fR] \\fIVERB\\fR "
             "[\\fIOPTION\\fR...] ...\n"
             ".SH DESCRIPTION\nIndexes documents of plain text, Markdown, HTML, JSON lines "
             "and tables, and answers\nranked queries about them. Words match in all their "
             "grammatical forms.\n.SH OPTIONS OF EVERY VERB\n");
    for (const struct option *o = common_options; o->kind != OPTION_END; o++)
        add_option(t, o);
    text_str(t, ".SH VERBS\n");
    for (const struct verb *const *verb = all_verbs; *verb; verb++)
        add_verb(t, *verb);
    text_str(t, ".SH EXIT STATUS\n");
    static const char *const statuses[] = {
        "0",   "found, or done",
        "1",   "nothing found",
        "2",   "usage or query error",
        "3",   "index missing, locked or not writable",
        "4",   "index damaged",
        "5",   "index of a newer format",
        "6",   "some input was skipped under \\-\\-strict",
        "124", "timeout",
        "130", "interrupted; what was committed is there",
        NULL};
    for (const char *const *s = statuses; *s; s += 2)
        text_printf(t, ".TP\n.B %s\n%s\n", s[0], s[1]);
    text_str(t, ".SH ENVIRONMENT\n.TP\n.B CSEARCH_INDEX\nthe index when \\-i is not given\n"
                ".TP\n.B NO_COLOR\nwhen set, no colours\n"
                ".TP\n.B PAGER\nwhat \\-\\-pager runs; less \\-R by default\n");
}
