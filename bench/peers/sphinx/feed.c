/* usage: feed INPUT : writes Sphinx's tsvpipe form, "number + 1 TAB source TAB text" lines.
 */
#include <stdio.h>

#include "../common/lines.h"

int main(int argc, char **argv)
{
    struct line line;
    if (argc != 2)
        return 2;
    struct lines in = lines_open(argv[1]);
    while (lines_next(&in, &line))
        printf("%ld\t%ld\t%s\n", line.number + 1, line.source, line.text);
    return fflush(stdout) != 0;
}
