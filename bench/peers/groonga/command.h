/* Groonga takes commands as text. */
#ifndef PEERS_COMMAND_H
#define PEERS_COMMAND_H

#include <groonga.h>

/* Run one; its output, borrowed until the next, or NULL after telling what is wrong. */
const char *command_run(grn_ctx *ctx, const char *command, size_t len, size_t *out_len);

#endif
