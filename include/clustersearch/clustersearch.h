/**
 * @file clustersearch/clustersearch.h
 * Everything. A program may also include just the headers it uses.
 */
#ifndef CLUSTERSEARCH_CLUSTERSEARCH_H
#define CLUSTERSEARCH_CLUSTERSEARCH_H

#include <clustersearch/analyzer.h>
#include <clustersearch/base.h>
#include <clustersearch/document.h>
#include <clustersearch/explain.h>
#include <clustersearch/glossary.h>
#include <clustersearch/index.h>
#include <clustersearch/query.h>
#include <clustersearch/search.h>
#include <clustersearch/suggest.h>
#include <clustersearch/writer.h>

#endif
