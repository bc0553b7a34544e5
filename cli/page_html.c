/*
 * HTML through gumbo: metadata from the head, the article from <article>, <main> or the
 * body, furniture from nav, aside, footer, header, forms and lists of links.
 *
 * gumbo allocates from a pool with a bound; a page that wants more, or is nested beyond all
 * reason, is read by html_strip instead. Its tree is never freed node by node (gumbo would
 * recurse), the pool goes as a whole. Walks here keep no stack but the tree's own links.
 */
#include "page_html.h"

#include <setjmp.h>
#include <string.h>

#include <gumbo.h>

#include "utf8.h"

enum { ARTICLE_POINTS = 200, META_LINE_POINTS = 200 };
#define BUDGET_BASE ((size_t)16 << 20)
#define BUDGET_MOST ((size_t)1 << 30)

struct bounded {
    struct pool pool;
    size_t left;
    jmp_buf full;
};

static void *bounded_alloc(void *userdata, size_t size)
{
    struct bounded *b = userdata;
    if (size + sizeof(max_align_t) > b->left)
        longjmp(b->full, 1);
    b->left -= size + sizeof(max_align_t);
    return pool_alloc(&b->pool, size);
}

static void bounded_free(void *userdata, void *p)
{
    (void)userdata;
    (void)p; /* the pool goes as a whole */
}

/* NULL when the page wants more memory than its size justifies. */
static GumboOutput *parse_bounded(struct bounded *b, clus_str raw)
{
    GumboOptions options = kGumboDefaultOptions;
    options.allocator = bounded_alloc;
    options.deallocator = bounded_free;
    options.userdata = b;
    options.max_errors = 0;
    size_t budget = BUDGET_BASE + raw.len * 32;
    b->left = budget < BUDGET_MOST ? budget : BUDGET_MOST;
    if (setjmp(b->full))
        return NULL;
    return gumbo_parse_with_options(&options, raw.data, raw.len);
}

static const GumboVector *children(const GumboNode *node)
{
    if (node->type == GUMBO_NODE_DOCUMENT)
        return &node->v.document.children;
    if (node->type == GUMBO_NODE_ELEMENT)
        return &node->v.element.children;
    return NULL;
}

/* The node behind `node` and all below it, within `root`; NULL at the end. `leave`, unless
 * NULL, is called for each node that ends on the way. */
static const GumboNode *next_after(const GumboNode *node, const GumboNode *root,
                                   void (*leave)(void *ctx, const GumboNode *node),
                                   void *ctx)
{
    while (node != root) {
        if (leave)
            leave(ctx, node);
        const GumboVector *siblings = children(node->parent);
        size_t next = node->index_within_parent + 1;
        if (next < siblings->length)
            return siblings->data[next];
        node = node->parent;
    }
    return NULL;
}

static const GumboNode *next_node(const GumboNode *node, const GumboNode *root,
                                  void (*leave)(void *ctx, const GumboNode *node),
                                  void *ctx)
{
    const GumboVector *below = children(node);
    return below && below->length ? below->data[0] : next_after(node, root, leave, ctx);
}

static bool is_tag(const GumboNode *node, GumboTag tag)
{
    return node->type == GUMBO_NODE_ELEMENT && node->v.element.tag == tag;
}

static clus_str attribute(const GumboNode *node, const char *name)
{
    const GumboAttribute *a = gumbo_get_attribute(&node->v.element.attributes, name);
    return str_trim(str_of(a ? a->value : NULL));
}

/* All text below a node, blanks collapsed, in the page's pool. */
static clus_str text_below(struct page *page, const GumboNode *root)
{
    struct text t = {0};
    for (const GumboNode *n = root; n; n = next_node(n, root, NULL, NULL)) {
        if (n->type == GUMBO_NODE_WHITESPACE)
            text_byte(&t, ' ');
        else if (n->type == GUMBO_NODE_TEXT || n->type == GUMBO_NODE_CDATA)
            text_str(&t, n->v.text.text);
    }
    struct text out = {0};
    clus_str s = str_trim(text_view(&t));
    for (size_t i = 0; i < s.len; i++) {
        bool blank = strchr(" \t\r\n\f", s.data[i]) && s.data[i];
        if (!blank)
            text_byte(&out, s.data[i]);
        else if (out.len && out.data[out.len - 1] != ' ')
            text_byte(&out, ' ');
    }
    clus_str kept = pool_copy(&page->pool, text_view(&out));
    text_done(&t);
    text_done(&out);
    return kept;
}

/* What the head and the markup tell, best first. */
struct meta {
    struct page *page;
    clus_str og_title, head_title, h1, time;
    const GumboNode *h1_node;
};

static void keep_first(struct page *page, clus_str *slot, clus_str value)
{
    if (slot->len == 0 && value.len)
        *slot = pool_copy(&page->pool, value);
}

static void take_meta(struct meta *m, const GumboNode *node)
{
    struct page *page = m->page;
    clus_str name = attribute(node, "property"), content = attribute(node, "content");
    if (name.len == 0)
        name = attribute(node, "name");
    if (name.len == 0)
        name = attribute(node, "itemprop");
    if (str_is(name, "og:title"))
        keep_first(page, &m->og_title, content);
    else if (str_is(name, "og:site_name"))
        keep_first(page, &page->source, content);
    else if (str_is(name, "og:url"))
        keep_first(page, &page->url, content);
    else if (str_is(name, "article:tag"))
        tags_add(&page->tags, pool_copy(&page->pool, content));
    else if (str_is(name, "article:published_time") || str_is(name, "datePublished") ||
             str_is(name, "pubdate") || str_is(name, "date") || str_is(name, "DC.date"))
        keep_first(page, &m->time, content);
}

static void take_head(struct meta *m, const GumboNode *node)
{
    struct page *page = m->page;
    if (is_tag(node, GUMBO_TAG_META))
        take_meta(m, node);
    else if (is_tag(node, GUMBO_TAG_TITLE) && m->head_title.len == 0)
        m->head_title = text_below(page, node);
    else if (is_tag(node, GUMBO_TAG_LINK) && str_is(attribute(node, "rel"), "canonical"))
        keep_first(page, &page->url, attribute(node, "href"));
    else if (is_tag(node, GUMBO_TAG_HTML)) {
        clus_str lang = attribute(node, "lang");
        if (str_starts(lang, "ru") || str_starts(lang, "kk"))
            keep_first(page, &page->lang, (clus_str){lang.data, 2});
    } else if (is_tag(node, GUMBO_TAG_SCRIPT) &&
               str_is(attribute(node, "type"), "application/ld+json")) {
        html_take_json(page, text_below(page, node));
    }
}

static void gather_meta(struct meta *m, const GumboNode *root, const GumboNode *article)
{
    for (const GumboNode *n = root; n; n = next_node(n, root, NULL, NULL))
        if (n->type == GUMBO_NODE_ELEMENT)
            take_head(m, n);
    for (const GumboNode *n = article; n; n = next_node(n, article, NULL, NULL)) {
        if (is_tag(n, GUMBO_TAG_H1) && !m->h1_node) {
            m->h1 = text_below(m->page, n);
            m->h1_node = m->h1.len ? n : NULL;
        } else if (is_tag(n, GUMBO_TAG_TIME)) {
            keep_first(m->page, &m->time, attribute(n, "datetime"));
        }
    }
}

static void settle_meta(struct meta *m, const GumboNode *article)
{
    struct page *page = m->page;
    struct page_date date;
    bool whole_body = is_tag(article, GUMBO_TAG_BODY);
    const clus_str order[4] = {whole_body ? m->og_title : m->h1,
                               whole_body ? m->h1 : m->og_title,
                               m->head_title,
                               {NULL, 0}};
    for (size_t i = 0; i < 3 && page->title.len == 0; i++)
        page->title = order[i];
    if (m->time.len && page->date.len == 0 && date_find(m->time, &date) && date.year)
        page->date = pool_copy(&page->pool, str_of(date.iso));
}

static size_t points_below(const GumboNode *root)
{
    size_t n = 0;
    for (const GumboNode *at = root; at; at = next_node(at, root, NULL, NULL))
        if (at->type == GUMBO_NODE_TEXT && !is_tag(at->parent, GUMBO_TAG_SCRIPT))
            n += utf8_count(str_of(at->v.text.text));
    return n;
}

/* The element that holds the article: the longest <article>, else <main>, else the body. */
static const GumboNode *find_article(const GumboNode *root)
{
    const GumboNode *best = NULL, *main = NULL, *body = root;
    size_t longest = ARTICLE_POINTS - 1;
    for (const GumboNode *n = root, *next; n; n = next) {
        next = next_node(n, root, NULL, NULL);
        if (is_tag(n, GUMBO_TAG_BODY))
            body = n;
        if (n->type == GUMBO_NODE_ELEMENT && !main &&
            (n->v.element.tag == GUMBO_TAG_MAIN || str_is(attribute(n, "role"), "main")))
            main = n;
        if (!is_tag(n, GUMBO_TAG_ARTICLE))
            continue;
        size_t points = points_below(n);
        if (points > longest) {
            longest = points;
            best = n;
        }
        next = next_after(n, root, NULL, NULL); /* one measure a byte, also when nested */
    }
    return best ? best : main ? main : body;
}

/* The walk that writes text. */
struct flow {
    const struct meta *meta;
    const GumboNode *article, *furniture; /* the outermost open elements; NULL: none open */
    struct text line, main, extra;
    size_t link_bytes;     /* of `line`, that are in links */
    unsigned links, items; /* open <a> and <li> */
    bool has_time, gap;
};

static void end_line(struct flow *f, bool gap)
{
    clus_str s = str_trim(text_view(&f->line));
    if (s.len) {
        bool links_only = f->items && f->link_bytes * 10 >= s.len * 8;
        bool meta = f->has_time && utf8_count(s) < META_LINE_POINTS;
        bool extra = !f->article || f->furniture || links_only || meta;
        struct text *to = extra ? &f->extra : &f->main;
        if (!extra && f->gap)
            text_byte(to, '\n');
        text_add_str(to, s);
        text_byte(to, '\n');
        f->gap = false;
    }
    f->gap |= gap;
    f->line.len = f->link_bytes = 0;
    f->has_time = false;
}

static void add_text(struct flow *f, const char *s)
{
    size_t before = f->line.len;
    for (; *s; s++) {
        bool blank = strchr(" \t\r\n\f", *s) != NULL;
        if (!blank)
            text_byte(&f->line, *s);
        else if (f->line.len && f->line.data[f->line.len - 1] != ' ')
            text_byte(&f->line, ' ');
    }
    if (f->links)
        f->link_bytes += f->line.len - before;
}

static bool is_any(GumboTag tag, const GumboTag *tags)
{
    for (; *tags != GUMBO_TAG_LAST; tags++)
        if (*tags == tag)
            return true;
    return false;
}

static bool is_dropped(const GumboNode *node)
{
    static const GumboTag tags[] = {
        GUMBO_TAG_HEAD,   GUMBO_TAG_SCRIPT, GUMBO_TAG_STYLE,    GUMBO_TAG_NOSCRIPT,
        GUMBO_TAG_SVG,    GUMBO_TAG_IFRAME, GUMBO_TAG_TEMPLATE, GUMBO_TAG_TEXTAREA,
        GUMBO_TAG_OBJECT, GUMBO_TAG_MATH,   GUMBO_TAG_CANVAS,   GUMBO_TAG_LAST};
    return node->type == GUMBO_NODE_TEMPLATE ||
           (node->type == GUMBO_NODE_ELEMENT &&
            (is_any(node->v.element.tag, tags) ||
             gumbo_get_attribute(&node->v.element.attributes, "hidden")));
}

static bool is_furniture(const struct flow *f, const GumboNode *node)
{
    static const GumboTag tags[] = {GUMBO_TAG_NAV,  GUMBO_TAG_ASIDE,  GUMBO_TAG_FOOTER,
                                    GUMBO_TAG_FORM, GUMBO_TAG_BUTTON, GUMBO_TAG_SELECT,
                                    GUMBO_TAG_LAST};
    if (node->v.element.tag == GUMBO_TAG_HEADER) /* an article's own header is its title */
        return !f->article || is_tag(f->article, GUMBO_TAG_BODY);
    return is_any(node->v.element.tag, tags);
}

/* Elements that do not break the line. */
static bool is_inline(GumboTag tag)
{
    static const GumboTag tags[] = {
        GUMBO_TAG_A,    GUMBO_TAG_ABBR,   GUMBO_TAG_B,   GUMBO_TAG_BDI,  GUMBO_TAG_BDO,
        GUMBO_TAG_CITE, GUMBO_TAG_CODE,   GUMBO_TAG_DEL, GUMBO_TAG_DFN,  GUMBO_TAG_EM,
        GUMBO_TAG_FONT, GUMBO_TAG_I,      GUMBO_TAG_INS, GUMBO_TAG_KBD,  GUMBO_TAG_MARK,
        GUMBO_TAG_NOBR, GUMBO_TAG_Q,      GUMBO_TAG_S,   GUMBO_TAG_SAMP, GUMBO_TAG_SMALL,
        GUMBO_TAG_SPAN, GUMBO_TAG_STRONG, GUMBO_TAG_SUB, GUMBO_TAG_SUP,  GUMBO_TAG_TIME,
        GUMBO_TAG_TT,   GUMBO_TAG_U,      GUMBO_TAG_VAR, GUMBO_TAG_IMG,  GUMBO_TAG_WBR,
        GUMBO_TAG_LAST};
    return is_any(tag, tags);
}

static bool is_paragraph(GumboTag tag)
{
    static const GumboTag tags[] = {
        GUMBO_TAG_P,  GUMBO_TAG_H1, GUMBO_TAG_H2,    GUMBO_TAG_H3,         GUMBO_TAG_H4,
        GUMBO_TAG_UL, GUMBO_TAG_OL, GUMBO_TAG_TABLE, GUMBO_TAG_BLOCKQUOTE, GUMBO_TAG_LAST};
    return is_any(tag, tags);
}

static void enter(struct flow *f, const GumboNode *node)
{
    GumboTag tag = node->v.element.tag;
    if (!is_inline(tag))
        end_line(f, is_paragraph(tag));
    if (!f->furniture && is_furniture(f, node))
        f->furniture = node;
    f->links += tag == GUMBO_TAG_A;
    f->items += tag == GUMBO_TAG_LI;
    f->has_time |= tag == GUMBO_TAG_TIME;
    if (tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH)
        text_byte(&f->line, ' ');
}

static void leave(void *ctx, const GumboNode *node)
{
    struct flow *f = ctx;
    if (node->type != GUMBO_NODE_ELEMENT || is_dropped(node))
        return;
    GumboTag tag = node->v.element.tag;
    if (node == f->meta->h1_node)
        f->line.len = 0; /* the title is not part of the text */
    if (!is_inline(tag))
        end_line(f, is_paragraph(tag));
    f->links -= tag == GUMBO_TAG_A;
    f->items -= tag == GUMBO_TAG_LI;
    if (node == f->furniture)
        f->furniture = NULL;
    if (node == f->article)
        f->article = NULL;
}

static void write_flow(struct flow *f, const GumboNode *root, const GumboNode *article)
{
    const GumboNode *node = root;
    while (node) {
        if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_CDATA)
            add_text(f, node->v.text.text);
        else if (node->type == GUMBO_NODE_WHITESPACE)
            add_text(f, " ");
        if (is_dropped(node)) {
            node = next_after(node, root, leave, f);
            continue;
        }
        if (node->type == GUMBO_NODE_ELEMENT) {
            if (node == article) {
                end_line(f, true);
                f->article = node;
            }
            enter(f, node);
        }
        node = next_node(node, root, leave, f);
    }
    end_line(f, false);
}

static void from_tree(struct page *page, const GumboNode *root)
{
    const GumboNode *article = find_article(root);
    struct meta meta = {.page = page};
    gather_meta(&meta, root, article);
    settle_meta(&meta, article);
    if (!str_equal(meta.h1, page->title))
        meta.h1_node = NULL;
    struct flow flow = {.meta = &meta};
    write_flow(&flow, root, article);
    clus_str main = pool_copy(&page->pool, text_view(&flow.main));
    page_sort_lines(page, main, page->title.len == 0);
    text_add_str(&page->extra, STR("\n"));
    text_add_str(&page->extra, text_view(&flow.extra));
    text_done(&flow.line);
    text_done(&flow.main);
    text_done(&flow.extra);
}

void page_from_html(struct page *page, clus_str raw)
{
    struct bounded bounded = {.left = 0};
    GumboOutput *output = html_is_hostile(raw) ? NULL : parse_bounded(&bounded, raw);
    if (output) {
        from_tree(page, output->root);
    } else {
        struct text plain = {0};
        html_strip(&plain, raw);
        page_sort_lines(page, pool_copy(&page->pool, text_view(&plain)), true);
        text_done(&plain);
    }
    pool_done(&bounded.pool);
}
