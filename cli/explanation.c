/* Parts of a score as an indented tree, or as JSON with the depth of each. */
#include "explanation.h"

#include "utf8.h"

bool explanation_text(struct text *t, clus_explanation *e, int indent)
{
    clus_explained part;
    bool matches = false;
    while (clus_explanation_next(e, &part) == CLUS_OK) {
        matches |= part.depth == 0 && part.score > 0;
        text_printf(t, "%*s%.3f  ", indent + (int)part.depth * 2, "", (double)part.score);
        utf8_add_safe(t, part.what, true);
        text_str(t, part.depth == 0 && part.partial ? " (some words)\n" : "\n");
    }
    return matches;
}

bool explanation_json(struct json *j, clus_explanation *e)
{
    clus_explained part;
    bool matches = false;
    json_key(j, "parts");
    json_open(j, '[');
    while (clus_explanation_next(e, &part) == CLUS_OK) {
        matches |= part.depth == 0 && part.score > 0;
        json_open(j, '{');
        json_member_uint(j, "depth", part.depth);
        json_key(j, "score");
        json_num(j, (double)part.score);
        json_key(j, "partial");
        json_bool(j, part.partial);
        json_member(j, "what", part.what);
        json_close(j, '}');
    }
    json_close(j, ']');
    return matches;
}
