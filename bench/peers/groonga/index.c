/*
 * usage: index pre|raw INPUT DBPATH
 * pre: TokenDelimit, no normalizer; raw: TokenBigram, Groonga's default (words in
 * alphabets; stemming wants a plug-in) with NormalizerAuto. The text column is stored, and
 * the index is built from it afterwards, which is Groonga's fast way. A row's id is the
 * number + 1.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/lines.h"
#include "command.h"

static void run(grn_ctx *ctx, const char *command)
{
    size_t len;
    if (!command_run(ctx, command, strlen(command), &len))
        exit(1);
}

static void load(grn_ctx *ctx, const char *path)
{
    struct lines in = lines_open(path);
    struct line line;
    grn_obj *documents = grn_ctx_get(ctx, "Docs", -1);
    grn_obj *body = grn_ctx_get(ctx, "Docs.body", -1);
    grn_obj *sources = grn_ctx_get(ctx, "Docs.source", -1);
    grn_obj text, source;
    GRN_TEXT_INIT(&text, 0);
    GRN_INT32_INIT(&source, 0);
    while (lines_next(&in, &line)) {
        GRN_BULK_REWIND(&text);
        GRN_TEXT_PUT(ctx, &text, line.text, line.len);
        grn_id id = grn_table_add(ctx, documents, NULL, 0, NULL);
        (void)grn_obj_set_value(ctx, body, id, &text, GRN_OBJ_SET);
        GRN_INT32_SET(ctx, &source, line.source);
        (void)grn_obj_set_value(ctx, sources, id, &source, GRN_OBJ_SET);
    }
    (void)grn_obj_unlink(ctx, &text);
    (void)grn_obj_unlink(ctx, &source);
}

int main(int argc, char **argv)
{
    grn_ctx ctx;
    if (argc != 4 || grn_init() != GRN_SUCCESS || grn_ctx_init(&ctx, 0) != GRN_SUCCESS)
        return 2;
    if (!grn_db_create(&ctx, argv[3], NULL)) {
        fprintf(stderr, "%s\n", ctx.errbuf);
        return 1;
    }
    run(&ctx, "table_create Docs TABLE_NO_KEY");
    run(&ctx, "column_create Docs body COLUMN_SCALAR Text");
    run(&ctx, "column_create Docs source COLUMN_SCALAR Int32");
    load(&ctx, argv[2]);
    run(&ctx, strcmp(argv[1], "raw") == 0
                  ? "table_create Terms TABLE_PAT_KEY ShortText "
                    "--default_tokenizer TokenBigram --normalizer NormalizerAuto"
                  : "table_create Terms TABLE_PAT_KEY ShortText "
                    "--default_tokenizer TokenDelimit");
    run(&ctx, "column_create Terms ix COLUMN_INDEX|WITH_POSITION Docs body");
    (void)grn_ctx_fin(&ctx);
    return grn_fin() != GRN_SUCCESS;
}
