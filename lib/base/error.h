/*
 * Fill a caller's clus_error. Who has the context writes the message, once: starts
 * lower-case, names the thing and the value, no full stop, no "error:".
 */
#ifndef CLUS_BASE_ERROR_H
#define CLUS_BASE_ERROR_H

#include <stdarg.h>

#include <clustersearch/base.h>

/* Set *err (NULL is fine) and return `status`, so that callers can `return` it. A message
 * too long is cut at a code point. */
clus_status clus__fail(clus_error *err, clus_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4), cold));

/* The same with an errno or engine code and a byte offset. */
clus_status clus__fail_sys(clus_error *err, clus_status status, int sys, const char *format,
                           ...) __attribute__((format(printf, 4, 5), cold));
clus_status clus__fail_at(clus_error *err, clus_status status, uint64_t offset,
                          const char *format, ...)
    __attribute__((format(printf, 4, 5), cold));

/* For a status from a layer that writes no messages: "out of memory", "index is damaged:
 * WHAT" and the like. CLUS_OK and CLUS_DONE pass through and leave *err alone. */
clus_status clus__explain(clus_error *err, clus_status status, const char *what);

#endif
