/*
 * The rules and their fingerprint. A library below us may change what a text becomes, and
 * we may forget to raise RULES. So the fingerprint ends with a hash of what a fixed text
 * turns into, and that, not a promise, is what an index is compared by.
 */
#include "text/analyzer.h"

#include <stdio.h>
#include <string.h>

#include <unicode/uchar.h>
#include <unicode/uversion.h>
#include <xxhash.h>

#include "base/alloc.h"
#include "base/buf.h"

enum { RULES = 9 }; /* raise when a change of ours makes other terms */

static const char *const kind_names[] = {"auto", "ru", "kk", "simple", "whitespace"};

/* Every rule at work at least once: alphabets, overrides, folds, look-alikes, endings,
 * sentences of either language, scripts that only ICU can cut, malformed bytes. */
static const char probe[] =
    "Ёлка у дома; ещё е\xCC\x88ж и мой за\xCC\x81мок, под\xC2\xADъезд.\n"
    "Поставщики участвовали в голосовании, отцы пользовались построенными дорогами.\n"
    "Қазақстан Республикасының азаматтары туралы заң: мемлекеттiк тіл — қазақ тілі.\n"
    "Балалар бала-бақшада ойнап жүр ме? Иә, олар далада, кітабын оқиды.\n"
    "Министр Тоқаев сказал. А.С.Пушкин, ivan.petrov@mail.example:8080/a_b?c=d'Arc’s __ "
    "3.14\n"
    "1,5 км² ﬁne ＦＵＬＬ İSTANBUL straße ΣΊΣΥΦΟΣ об'єкт Мaсквa TECT 10-шы "
    "東京都に住む ภาษาไทย 한국어 שלום‎ عربي "
    "हिन्दी "
    "\xF0\x9F\x98\x80 "
    "1\xEF\xB8\x8F\xE2\x83\xA3 \xD0 \xFF x.\n"
    "Bul másele týraly búgin Astanada aıtyldy, jańa zań óte kerek.\n"
    "Bul ma'sele ty'raly bu'gin ai'tyldy; jan'a zan' o'te kerek.\n"
    "Būl mäsele turaly bügın Astanada aityldy, jaña zañ öte kerek.\n"
    "Bul mäsele twralı bügin Astanada aytıldı, jaña zañ öte kerek.\n"
    "bul masele turali bugin aytyldy, zhana zan ote kerek eken\n"
    "بۇل ماسەلە تۋرالى ٴبىز قازاقستاندا ايتتىق، جاڭا زاڭ كەرەك\n"
    "The weather in Istanbul is fine. Bugün hava çok güzel.";

static void hash_number(XXH3_state_t *state, uint64_t v)
{
    uint8_t raw[8];
    for (int i = 0; i < 8; i++)
        raw[i] = (uint8_t)(v >> 8 * i);
    (void)XXH3_64bits_update(state, raw, sizeof raw);
}

static clus_status hash_probe(const clus_analyzer *analyzer, uint64_t *out)
{
    struct lexer *lx = NULL;
    struct token_list tokens = {0};
    clus_status st = clus__lexer_new(analyzer, &lx);
    if (st == CLUS_OK)
        st = clus__lexer_run(lx, (struct bytes){(const uint8_t *)probe, sizeof probe - 1},
                             &tokens);
    XXH3_state_t *state = st == CLUS_OK ? XXH3_createState() : NULL;
    if (st == CLUS_OK && !state)
        st = CLUS_E_NOMEM;
    if (st == CLUS_OK) {
        (void)XXH3_64bits_reset(state);
        for (size_t i = 0; i < tokens.n; i++) {
            const struct form *form = clus__lexer_form(lx, tokens.items[i].form);
            hash_number(state, tokens.items[i].start);
            hash_number(state, (uint64_t)form->term.len << 8 | form->lang);
            (void)XXH3_64bits_update(state, form->term.data, form->term.len);
            (void)XXH3_64bits_update(state, form->text.data, form->text.len);
        }
        *out = XXH3_64bits_digest(state);
    }
    (void)XXH3_freeState(state);
    clus__token_list_done(&tokens);
    clus__lexer_free(lx);
    return st;
}

static clus_status write_fingerprint(clus_analyzer *analyzer)
{
    UVersionInfo version;
    char icu[U_MAX_VERSION_STRING_LENGTH], unicode[U_MAX_VERSION_STRING_LENGTH];
    uint64_t hash = 0;
    clus_status st = hash_probe(analyzer, &hash);
    if (st != CLUS_OK)
        return st;
    u_getVersion(version);
    u_versionToString(version, icu);
    u_getUnicodeVersion(version);
    u_versionToString(version, unicode);
    (void)snprintf(analyzer->fingerprint, sizeof analyzer->fingerprint,
                   "%s/%d icu %s unicode %s snowball russian probe %016llx",
                   kind_names[analyzer->kind], RULES, icu, unicode,
                   (unsigned long long)hash);
    return CLUS_OK;
}

clus_status clus__analyzer_new(clus_analyzer_kind kind, clus_analyzer **out)
{
    if ((unsigned)kind >= sizeof kind_names / sizeof kind_names[0])
        return CLUS_E_ARGUMENT;
    clus_analyzer *analyzer = clus__calloc(1, sizeof *analyzer);
    if (!analyzer)
        return CLUS_E_NOMEM;
    analyzer->kind = kind;
    clus_status st = clus__classes_build(&analyzer->classes);
    if (st == CLUS_OK)
        st = write_fingerprint(analyzer);
    if (st != CLUS_OK) {
        clus__analyzer_free(analyzer);
        return st;
    }
    *out = analyzer;
    return CLUS_OK;
}

void clus__analyzer_free(clus_analyzer *analyzer)
{
    clus__free(analyzer);
}
