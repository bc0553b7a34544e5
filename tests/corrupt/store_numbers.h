/* A store that holds one number everywhere, in rows and in pages: a commit that is not
 * whole shows. */
#ifndef CLUS_TESTS_STORE_NUMBERS_H
#define CLUS_TESTS_STORE_NUMBERS_H

#include "store/store.h"

enum { NUMBERS_ROWS = 30, NUMBERS_PAGES = 12 };

struct bytes numbers_key(uint8_t key[4], uint32_t i);

/* A new store at `path`, with its writer's lock held; the test fails if it cannot be. */
struct store *numbers_create(const char *path, const struct store_options *opts);
struct store *numbers_open(const char *path);
void numbers_close(struct store *store);

/* Write `number` everywhere, inside of a transaction or as a commit of its own. */
clus_status numbers_put(struct store_txn *txn, uint64_t number);
clus_status numbers_commit(struct store *store, uint64_t number, clus_error *err);

/* The number of a view or of the last commit, or UINT64_MAX if anything does not hold it.
 */
uint64_t numbers_seen(struct store_txn *txn);
uint64_t numbers_in(struct store *store);

/* Open, verified, and `number` everywhere. */
void numbers_assert_sound(const char *path, uint64_t number);

#endif
