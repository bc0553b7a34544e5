/* `csearch version`. */
#include <unistd.h>

#include <clustersearch/clustersearch.h>

#include "out.h"
#include "verbs.h"

static const struct option options[] = {{.kind = OPTION_END}};

static int run(const struct call *call)
{
    struct out out = {.fd = STDOUT_FILENO};
    clus_analyzer *analyzer = NULL;
    uint32_t v = clus_version();
    if (call->n_operands)
        return usage("version: takes nothing");
    text_printf(&out.text, "csearch %s, libclustersearch %u.%u.%u\n", CSEARCH_VERSION,
                v >> 16 & 0xff, v >> 8 & 0xff, v & 0xff);
    if (clus_analyzer_new(CLUS_ANALYZER_AUTO, &analyzer, NULL) == CLUS_OK)
        text_printf(&out.text, "text rules: %s\n", clus_analyzer_fingerprint(analyzer));
    clus_analyzer_free(analyzer);
    return out_end(&out, EXIT_FOUND);
}

const struct verb verb_version = {.name = "version",
                                  .operands = "",
                                  .summary = "versions of command, library and text rules",
                                  .options = options,
                                  .run = run};
