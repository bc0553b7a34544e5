/*
 * Abbreviations that are written in Latin and in Cyrillic letters for the same thing: IT
 * and ИТ. Only in capitals, for a query: «ит» is a Kazakh dog, "it" an English word.
 */
#ifndef CLUS_TEXT_ABBREVIATION_H
#define CLUS_TEXT_ABBREVIATION_H

#include "base/bytes.h"

/* The other spelling of a word as typed, or no bytes. Points to constants. */
struct bytes clus__abbreviation_twin(struct bytes word);

#endif
