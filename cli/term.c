/* Terminals, colours and the pager. */
#include "term.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "out.h"

const char *const color_names[] = {"auto", "always", "never", NULL};

static size_t columns_of(int fd)
{
    struct winsize size;
    const char *env = getenv("COLUMNS");
    if (!isatty(fd))
        return 0;
    if (env && *env) {
        unsigned long n = strtoul(env, NULL, 10);
        if (n >= 20 && n <= 10000)
            return n;
    }
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
        return size.ws_col;
    return 80;
}

struct term term_of(int fd, enum color_when when)
{
    const char *no_color = getenv("NO_COLOR"), *kind = getenv("TERM");
    struct term term = {.columns = columns_of(fd)};
    if (when == COLOR_AUTO)
        term.color =
            isatty(fd) && !(no_color && *no_color) && !(kind && strcmp(kind, "dumb") == 0);
    else
        term.color = when == COLOR_ALWAYS;
    return term;
}

void term_paint(struct text *t, const struct term *term, enum paint paint)
{
    static const char *const codes[] = {"\033[1m", "\033[1;31m", "\033[2m", "\033[0m"};
    if (term->color)
        text_str(t, codes[paint]);
}

static _Noreturn void exec_pager(const int *ends)
{
    const char *pager = getenv("PAGER");
    if (dup2(ends[0], STDIN_FILENO) < 0)
        _exit(127);
    (void)close(ends[0]);
    (void)close(ends[1]);
    (void)execl("/bin/sh", "sh", "-c", pager && *pager ? pager : "less -R", (char *)NULL);
    _exit(127);
}

void pager_start(struct pager *p)
{
    int ends[2];
    p->pid = 0;
    if (!isatty(STDOUT_FILENO) || pipe2(ends, O_CLOEXEC) != 0)
        return;
    pid_t pid = fork();
    if (pid == 0)
        exec_pager(ends);
    if (pid > 0 && dup2(ends[1], STDOUT_FILENO) >= 0) {
        p->pid = pid;
        (void)signal(SIGPIPE, SIG_IGN); /* the pager may be left early; wait for it still */
    }
    (void)close(ends[0]);
    (void)close(ends[1]);
}

void pager_end(struct pager *p)
{
    int status;
    if (!p->pid)
        return;
    (void)close(STDOUT_FILENO);
    while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    p->pid = 0;
}
