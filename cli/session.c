/* Open an index for reading. */
#include "session.h"

#include "out.h"

int session_open(const struct call *call, struct session *s)
{
    clus_error err;
    const char *stored;
    *s = (struct session){NULL, NULL};
    if (clus_index_open(call->index, NULL, &s->index, &err) < 0)
        return fail("index", call->index, &err);
    if (clus_index_fingerprint(s->index, &stored) == CLUS_E_ANALYZER)
        say("index '%s' was made with other text rules (%s): some words may not be found; "
            "index anew to mend that",
            call->index, stored);
    if (clus_snapshot_open(s->index, &s->snap, &err) < 0) {
        session_close(s);
        return fail("index", call->index, &err);
    }
    return EXIT_FOUND;
}

void session_close(struct session *s)
{
    clus_snapshot_free(s->snap);
    (void)clus_index_close(s->index, NULL);
    *s = (struct session){NULL, NULL};
}
