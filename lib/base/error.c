/* Fill a caller's clus_error. */
#include "base/error.h"

#include <stdio.h>
#include <string.h>

static void cut_at_code_point(char *text, size_t cap)
{
    size_t len = strlen(text);
    if (len + 1 < cap)
        return;
    while (len > 0 && ((unsigned char)text[len - 1] & 0xC0) == 0x80)
        len--;
    if (len > 0 && (unsigned char)text[len - 1] >= 0xC0)
        len--;
    text[len] = '\0';
}

static clus_status fill(clus_error *err, const clus_error *head, const char *format,
                        va_list args)
{
    if (err) {
        *err = *head;
        (void)vsnprintf(err->message, sizeof err->message, format, args);
        cut_at_code_point(err->message, sizeof err->message);
    }
    return (clus_status)head->code;
}

clus_status clus__fail(clus_error *err, clus_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)fill(err, &(clus_error){.code = status, .offset = UINT64_MAX}, format, args);
    va_end(args);
    return status;
}

clus_status clus__fail_sys(clus_error *err, clus_status status, int sys, const char *format,
                           ...)
{
    va_list args;
    va_start(args, format);
    (void)fill(err, &(clus_error){.code = status, .sys = sys, .offset = UINT64_MAX}, format,
               args);
    va_end(args);
    return status;
}

clus_status clus__fail_at(clus_error *err, clus_status status, uint64_t offset,
                          const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)fill(err, &(clus_error){.code = status, .offset = offset}, format, args);
    va_end(args);
    return status;
}

clus_status clus__explain(clus_error *err, clus_status status, const char *what)
{
    if (status >= 0)
        return status;
    if (status == CLUS_E_NOMEM)
        return clus__fail(err, status, "out of memory: %s", what);
    if (status == CLUS_E_CORRUPT)
        return clus__fail(err, status, "index is damaged: %s", what);
    return clus__fail(err, status, "%s: %s", what, clus_status_name(status));
}
