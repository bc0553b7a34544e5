/* An FTS5 tokenizer "tokens": parted by one blank, kept byte for byte. */
#ifndef PEERS_TOKENS_H
#define PEERS_TOKENS_H

#include <sqlite3.h>

/* Make it known to a connection; SQLITE_OK or why not. */
int tokens_register(sqlite3 *db);

#endif
