/*
 * csearch: find the verb, parse its options, run it.
 *
 * The command sees the public headers of the library only, like any other program.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "out.h"
#include "utf8.h"
#include "verbs.h"

static int print_help(const struct verb *verb)
{
    struct out out = {.fd = STDOUT_FILENO};
    help_text(&out.text, verb);
    return out_end(&out, EXIT_FOUND);
}

/* The index named before the verb: -i DIR, -iDIR, --index DIR, --index=DIR. */
static int options_before_verb(char ***argv, const char **index, const struct verb **verb)
{
    for (; **argv && (**argv)[0] == '-'; (*argv)++) {
        const char *word = **argv;
        if (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0) {
            *verb = &verb_help;
        } else if (strcmp(word, "-V") == 0 || strcmp(word, "--version") == 0) {
            *verb = &verb_version;
        } else if (strncmp(word, "--index=", 8) == 0) {
            *index = word + 8;
        } else if (strncmp(word, "-i", 2) == 0 && word[2]) {
            *index = word + 2;
        } else if (strcmp(word, "-i") == 0 || strcmp(word, "--index") == 0) {
            if (!(*argv)[1])
                return usage("%s: the directory is missing", word);
            *index = *++*argv;
        } else {
            return usage(
                "there is no option '%s' before the verb; 'csearch help' shows how "
                "to call it",
                word);
        }
    }
    return EXIT_FOUND;
}

static void choose_index(struct call *call, const char *named)
{
    const char *env = getenv("CSEARCH_INDEX");
    call->index_is_given = named != NULL;
    call->index = named ? named : env && *env ? env : ".csearch";
}

static int run(const struct verb *verb, const char *index, char **argv)
{
    struct call call = {.verb = verb};
    void *filled = mem_alloc(1, verb->size + 1);
    bool help = false;
    choose_index(&call, index);
    call.options = filled;
    int status;
    if (!verb->run) {
        status = usage("'%s' is not available in this version", verb->name);
    } else {
        status = options_parse(&call, argv, filled, &help);
        if (status == EXIT_FOUND)
            status = help ? print_help(verb) : verb->run(&call);
    }
    options_release(verb, filled);
    mem_free(call.operands);
    mem_free(filled);
    return status;
}

/*
 * A standard descriptor that the caller closed would be the number of the next file that is
 * opened: messages would be written into the index. /dev/null takes its place, opened so
 * that using it fails as before.
 */
static bool hold_standard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
            continue;
        if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    const char *index = NULL;
    const struct verb *verb = NULL;
    if (argc < 1 || !hold_standard_descriptors())
        return EXIT_USAGE;
    (void)signal(SIGPIPE, SIG_DFL); /* a parent may have it ignored; `| head` ends us */
    (void)signal(SIGXFSZ, SIG_IGN); /* a write over `ulimit -f` fails and is told */
    argv++;
    int status = options_before_verb(&argv, &index, &verb);
    if (status != EXIT_FOUND)
        return status;
    if (!verb && *argv) {
        verb = verb_find(*argv);
        if (!verb)
            return verb_unknown(*argv);
        argv++;
    }
    if (!verb) {
        struct text help = {0};
        help_text(&help, NULL);
        (void)write_all(STDERR_FILENO, help.data, help.len);
        text_done(&help);
        return EXIT_USAGE;
    }
    return run(verb, index, argv);
}
