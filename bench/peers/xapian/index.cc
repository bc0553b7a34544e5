/*
 * usage: index pre|raw INPUT DBDIR
 * pre: the tokens become postings as they are; raw: Xapian's TermGenerator with its Russian
 * stemmer, stems with positions only. A document's id is its number + 1; its source
 * is a boolean term.
 */
#include <cstring>
#include <iostream>
#include <string>

#include <xapian.h>

#include "../common/lines.h"

static void add_tokens(Xapian::Document &doc, char *text)
{
    Xapian::termpos position = 0;
    std::string term;
    while (*text) {
        size_t len = strcspn(text, " ");
        doc.add_posting(term.assign(text, len), ++position);
        text += len + (text[len] != 0);
    }
}

int main(int argc, char **argv)
try {
    if (argc != 4)
        return 2;
    bool raw = std::string(argv[1]) == "raw";
    lines in = lines_open(argv[2]);
    Xapian::WritableDatabase db(argv[3],
                                Xapian::DB_CREATE_OR_OVERWRITE | Xapian::DB_BACKEND_GLASS);
    Xapian::TermGenerator generator;
    generator.set_stemmer(Xapian::Stem("russian"));
    generator.set_stemming_strategy(Xapian::TermGenerator::STEM_ALL);
    line l;
    while (lines_next(&in, &l)) {
        Xapian::Document doc;
        if (raw) {
            generator.set_document(doc);
            generator.set_termpos(0);
            generator.index_text(std::string(l.text, l.len));
        } else {
            add_tokens(doc, l.text);
        }
        doc.add_boolean_term("XS" + std::to_string(l.source));
        db.add_document(doc);
    }
    db.commit();
    return 0;
} catch (const Xapian::Error &e) {
    std::cerr << e.get_description() << "\n";
    return 1;
}
