/* The memory of a page. */
#include "page.h"

void page_reset(struct page *page)
{
    const clus_str absent = {NULL, 0};
    pool_reset(&page->pool);
    page->title = page->date = page->source = page->url = page->lang = absent;
    page->body.len = page->extra.len = 0;
    page->tags.n = 0;
    page->fields.n = 0;
}

void page_done(struct page *page)
{
    pool_done(&page->pool);
    text_done(&page->body);
    text_done(&page->extra);
    mem_free(page->tags.tags);
    mem_free(page->fields.fields);
}

void page_from_text(struct page *page, clus_str raw)
{
    page_sort_lines(page, raw, true);
}
