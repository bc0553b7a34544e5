/* data/glossary.tsv inside the command; glossary_data.c is made from it by embed.py. */
#ifndef CSEARCH_GLOSSARY_DATA_H
#define CSEARCH_GLOSSARY_DATA_H

#include <stddef.h>

extern const unsigned char glossary_data[];
extern const size_t glossary_data_len;

#endif
