/*
 * A regular expression over the keys of a sorted dictionary, key after key. It matches
 * whole keys: letters, . for any, sets [а-я] and [^а-я], brackets, |, and * + ? {m,n}
 * behind what is repeated; \ before a sign takes it as it is. Letters are folded as
 * dictionaries are.
 *
 * Each letter or set of the pattern is a place, and the places that may have been read last
 * are bits (Glushkov's automaton), so a letter of a key moves all of them at once and no
 * pattern takes more than its places for a letter. What a key shares with the one before is
 * not read again, and a beginning that no place survives is known to be dead.
 */
#ifndef CLUS_SEARCH_REGEX_H
#define CLUS_SEARCH_REGEX_H

#include "base/bytes.h"

enum { REGEX_MAX_PLACES = 63, REGEX_MAX_RANGES = 256, REGEX_MAX_DEPTH = 32 };

struct regex;

/* CLUS_E_SYNTAX and CLUS_E_LIMIT with the reason, a static text; CLUS_E_NOMEM. */
CLUS_MUST_CHECK clus_status clus__regex_new(struct bytes pattern, struct regex **out,
                                            const char **why);
void clus__regex_free(struct regex *regex); /* NULL is fine */

/* What all matches begin with: at most `size` whole code points' bytes. Returns their
 * number. */
size_t clus__regex_beginning(const struct regex *regex, uint8_t *out, size_t size);

/* Forget the last key: another dictionary is walked. */
void clus__regex_restart(struct regex *regex);
/* Whether `key`, well-formed UTF-8, matches; of other bytes nothing worse is asked than an
 * end. Its first `shared` bytes are those of the key before. */
bool clus__regex_step(struct regex *regex, struct bytes key, size_t shared);
/* After a step that found no match: a key with these first bytes of it cannot match. 0: it
 * is not known. */
size_t clus__regex_dead(const struct regex *regex);

#endif
