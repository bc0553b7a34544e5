/* `csearch completions`: what shells complete, from the tables of verbs and options. */
#include <string.h>
#include <unistd.h>

#include "out.h"
#include "verbs.h"

static const struct option options[] = {{.kind = OPTION_END}};

static bool is_there(const struct option *o)
{
    return o->kind != OPTION_ABSENT;
}

static void add_verb_names(struct text *t)
{
    for (const struct verb *const *v = all_verbs; *v; v++) {
        if (!(*v)->run)
            continue;
        text_printf(t, "%s ", (*v)->name);
        if ((*v)->alias)
            text_printf(t, "%s ", (*v)->alias);
    }
}

static void add_option_names(struct text *t, const struct option *table)
{
    for (const struct option *o = table; o->kind != OPTION_END; o++)
        if (o->name && is_there(o))
            text_printf(t, "--%s ", o->name);
}

static void add_choices(struct text *t, const struct option *o)
{
    for (const char *const *c = o->choices; *c; c++)
        text_printf(t, "%s%s", c == o->choices ? "" : " ", *c);
}

/* Patterns of a case: the verb and its alias before `suffix`. */
static void add_pattern(struct text *t, const struct verb *v, const char *suffix)
{
    text_printf(t, "    '%s%s'", v->name, suffix);
    if (v->alias)
        text_printf(t, " | '%s%s'", v->alias, suffix);
    text_str(t, ")");
}

static void bash_verb(struct text *t, const struct verb *v)
{
    for (const struct option *o = v->options; o->kind != OPTION_END; o++) {
        if (o->kind != OPTION_CHOICE)
            continue;
        struct text suffix = {0};
        text_printf(&suffix, " --%s", o->name);
        add_pattern(t, v, text_z(&suffix));
        text_str(t, " words='");
        add_choices(t, o);
        text_str(t, "' ;;\n");
        text_done(&suffix);
    }
}

static void bash(struct text *t)
{
    text_str(
        t,
        "# bash completion of csearch; load it with: eval \"$(csearch completions bash)\"\n"
        "_csearch() {\n"
        "    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
        "    local verb= words= i\n"
        "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
        "        case ${COMP_WORDS[i]} in\n"
        "        -i | --index) ((i++)) ;;\n"
        "        -*) ;;\n"
        "        *) verb=${COMP_WORDS[i]}; break ;;\n"
        "        esac\n"
        "    done\n"
        "    case \"$verb $before\" in\n");
    for (const struct verb *const *v = all_verbs; *v; v++)
        if ((*v)->run)
            bash_verb(t, *v);
    text_str(t, "    esac\n"
                "    if [ -z \"$words\" ]; then\n"
                "    case $verb in\n"
                "    ''|help) words='");
    add_verb_names(t);
    text_str(t, "' ;;\n    completions) words='bash zsh fish' ;;\n    esac\n"
                "    case $current in -*)\n    case $verb in\n");
    for (const struct verb *const *v = all_verbs; *v; v++) {
        if (!(*v)->run)
            continue;
        add_pattern(t, *v, "");
        text_str(t, " words='");
        add_option_names(t, (*v)->options);
        add_option_names(t, common_options);
        text_str(t, "' ;;\n");
    }
    text_str(t, "    esac ;;\n    esac\n    fi\n"
                "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n}\n"
                "complete -o default -F _csearch csearch\n");
}

static bool names_file(const struct option *o)
{
    return o->kind == OPTION_TEXT && o->value &&
           (strcmp(o->value, "FILE") == 0 || strcmp(o->value, "DIR") == 0);
}

/* Help as the inside of a bracketed, single-quoted word of zsh. */
static void add_zsh_help(struct text *t, const char *s)
{
    for (; *s; s++) {
        if (*s == '\'')
            text_str(t, "'\\''");
        else if (strchr("[]:\\", *s))
            text_printf(t, "\\%c", *s);
        else
            text_byte(t, *s);
    }
}

static void zsh_option(struct text *t, const struct option *o)
{
    if (!is_there(o))
        return;
    for (int letter = 0; letter < 2; letter++) {
        if (letter ? !o->letter : !o->name)
            continue;
        text_str(t, "            '");
        if (letter)
            text_printf(t, "-%c", o->letter);
        else
            text_printf(t, "--%s%s", o->name, o->kind == OPTION_FLAG ? "" : "=");
        text_byte(t, '[');
        add_zsh_help(t, o->help);
        text_byte(t, ']');
        if (o->kind == OPTION_CHOICE) {
            text_printf(t, ":%s:(", o->value);
            add_choices(t, o);
            text_byte(t, ')');
        } else if (o->kind != OPTION_FLAG) {
            text_printf(t, ":%s:%s", o->value, names_file(o) ? "_files" : "");
        }
        text_str(t, "' \\\n");
    }
}

static void zsh(struct text *t)
{
    text_str(t, "#compdef csearch\n"
                "# zsh completion of csearch; put it into a folder of $fpath as _csearch\n"
                "_csearch() {\n"
                "    local context state line\n    local -A opt_args\n"
                "    _arguments -C '-i[the index]:DIR:_files -/' '1:verb:->verb' "
                "'*::argument:->rest'\n"
                "    case $state in\n    verb)\n        local -a verbs=(\n");
    for (const struct verb *const *v = all_verbs; *v; v++) {
        if (!(*v)->run)
            continue;
        text_printf(t, "            '%s:", (*v)->name);
        add_zsh_help(t, (*v)->summary);
        text_str(t, "'\n");
    }
    text_str(t, "        )\n        _describe verb verbs ;;\n    rest)\n        case "
                "$words[1] in\n");
    for (const struct verb *const *v = all_verbs; *v; v++) {
        if (!(*v)->run)
            continue;
        text_printf(t, "        %s%s%s) _arguments \\\n", (*v)->name,
                    (*v)->alias ? "|" : "", (*v)->alias ? (*v)->alias : "");
        for (const struct option *o = (*v)->options; o->kind != OPTION_END; o++)
            zsh_option(t, o);
        for (const struct option *o = common_options; o->kind != OPTION_END; o++)
            zsh_option(t, o);
        text_str(t, "            '*:argument:_files' ;;\n");
    }
    text_str(t, "        esac ;;\n    esac\n}\n_csearch \"$@\"\n");
}

static void add_fish_help(struct text *t, const char *s)
{
    text_str(t, " -d '");
    for (; *s; s++) {
        if (*s == '\'' || *s == '\\')
            text_byte(t, '\\');
        text_byte(t, *s);
    }
    text_byte(t, '\'');
}

static void fish_option(struct text *t, const struct option *o, const struct verb *v)
{
    if (!is_there(o))
        return;
    text_str(t, "complete -c csearch");
    if (v)
        text_printf(t, " -n '__fish_seen_subcommand_from %s%s%s'", v->name,
                    v->alias ? " " : "", v->alias ? v->alias : "");
    if (o->name)
        text_printf(t, " -l %s", o->name);
    if (o->letter)
        text_printf(t, " -s %c", o->letter);
    if (o->kind == OPTION_CHOICE) {
        text_str(t, " -x -a '");
        add_choices(t, o);
        text_byte(t, '\'');
    } else if (o->kind != OPTION_FLAG) {
        text_str(t, names_file(o) ? " -r -F" : " -x");
    }
    add_fish_help(t, o->help);
    text_byte(t, '\n');
}

static void fish(struct text *t)
{
    text_str(
        t,
        "# fish completion of csearch; load it with: csearch completions fish | source\n");
    for (const struct verb *const *v = all_verbs; *v; v++) {
        if (!(*v)->run)
            continue;
        text_printf(t, "complete -c csearch -n __fish_use_subcommand -f -a %s", (*v)->name);
        add_fish_help(t, (*v)->summary);
        text_byte(t, '\n');
        for (const struct option *o = (*v)->options; o->kind != OPTION_END; o++)
            fish_option(t, o, *v);
    }
    for (const struct option *o = common_options; o->kind != OPTION_END; o++)
        fish_option(t, o, NULL);
}

static int run(const struct call *call)
{
    static const struct {
        const char *name;
        void (*write)(struct text *t);
    } shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};
    struct out out = {.fd = STDOUT_FILENO};
    if (call->n_operands != 1)
        return usage("completions: name a shell: bash, zsh or fish");
    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++) {
        if (strcmp(call->operands[0], shells[i].name) == 0) {
            shells[i].write(&out.text);
            return out_end(&out, EXIT_FOUND);
        }
    }
    return usage("completions: there is none for '%s'; bash, zsh and fish are known",
                 call->operands[0]);
}

const struct verb verb_completions = {.name = "completions",
                                      .operands = "SHELL",
                                      .summary = "completions for bash, zsh or fish",
                                      .options = options,
                                      .run = run};
