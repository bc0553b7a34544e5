/* Names of status codes. Kept apart from the public shims so every layer can log them. */
#include <clustersearch/base.h>

const char *clus_status_name(clus_status status)
{
    switch (status) {
    case CLUS_OK: return "CLUS_OK";
    case CLUS_DONE: return "CLUS_DONE";
    case CLUS_E_NOMEM: return "CLUS_E_NOMEM";
    case CLUS_E_ARGUMENT: return "CLUS_E_ARGUMENT";
    case CLUS_E_SYNTAX: return "CLUS_E_SYNTAX";
    case CLUS_E_CORRUPT: return "CLUS_E_CORRUPT";
    case CLUS_E_BUSY: return "CLUS_E_BUSY";
    case CLUS_E_FULL: return "CLUS_E_FULL";
    case CLUS_E_TIMEOUT: return "CLUS_E_TIMEOUT";
    case CLUS_E_MISSING: return "CLUS_E_MISSING";
    case CLUS_E_EXISTS: return "CLUS_E_EXISTS";
    case CLUS_E_IO: return "CLUS_E_IO";
    case CLUS_E_VERSION: return "CLUS_E_VERSION";
    case CLUS_E_ANALYZER: return "CLUS_E_ANALYZER";
    case CLUS_E_LIMIT: return "CLUS_E_LIMIT";
    }
    return "CLUS_?"; /* no `default:` above, so a new code without a name is a warning */
}
