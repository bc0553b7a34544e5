/* Running of commands. */
#include "command.h"

#include <stdio.h>

const char *command_run(grn_ctx *ctx, const char *command, size_t len, size_t *out_len)
{
    char *out = NULL;
    unsigned n = 0;
    int flags = 0;
    (void)grn_ctx_send(ctx, command, (unsigned)len, 0);
    (void)grn_ctx_recv(ctx, &out, &n, &flags);
    *out_len = n;
    if (ctx->rc == GRN_SUCCESS)
        return out;
    fprintf(stderr, "%.*s: %s\n", (int)len, command, ctx->errbuf);
    return NULL;
}
