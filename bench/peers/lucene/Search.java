import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Paths;
import java.util.Arrays;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.FuzzyQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopScoreDocCollector;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.search.spans.SpanNearQuery;
import org.apache.lucene.search.spans.SpanQuery;
import org.apache.lucene.search.spans.SpanTermQuery;
import org.apache.lucene.store.MMapDirectory;

/**
 * usage: Search INDEXDIR (protocol: common/searcher.h)
 * Words that begin alike all score the same, which is Lucene's default, and it stops early then.
 * A misspelt word has its first letter right, as csearch takes it.
 */
public class Search {
    private final DirectoryReader reader;
    private final IndexSearcher searcher;
    private final ThreadMXBean clock = ManagementFactory.getThreadMXBean();

    Search(String dir) throws IOException {
        reader = DirectoryReader.open(MMapDirectory.open(Paths.get(dir)));
        searcher = new IndexSearcher(reader);
        searcher.setQueryCache(null);
        searcher.setSimilarity(new BM25Similarity(1.2f, 0.75f));
    }

    private static Term term(String word) {
        return new Term("body", word.charAt(0) == '+' ? word.substring(1) : word);
    }

    private static Query near(String[] words) {
        int between = Integer.parseInt(words[1].substring("NEAR/".length())) - 1;
        return new SpanNearQuery(
                new SpanQuery[] {new SpanTermQuery(term(words[0])), new SpanTermQuery(term(words[2]))}, between, false);
    }

    private static Query parse(String text) {
        if (text.charAt(0) == '"') {
            PhraseQuery.Builder phrase = new PhraseQuery.Builder();
            for (String word : text.substring(1, text.length() - 1).split(" ")) phrase.add(term(word));
            return phrase.build();
        }
        String[] words = text.split(" ");
        String first = words[0];
        if (words.length == 3 && words[1].startsWith("NEAR/")) return near(words);
        if (first.endsWith("*")) return new PrefixQuery(term(first.substring(0, first.length() - 1)));
        if (first.endsWith("~1")) return new FuzzyQuery(term(first.substring(0, first.length() - 2)), 1, 1);
        if (words.length == 1) return new TermQuery(term(first));
        BooleanQuery.Builder query = new BooleanQuery.Builder();
        for (String word : words) {
            boolean must = word.charAt(0) == '+';
            if (word.startsWith("+source:")) {
                Term source = new Term("source", word.substring("+source:".length()));
                query.add(new TermQuery(source), BooleanClause.Occur.FILTER);
                continue;
            }
            query.add(new TermQuery(term(word)), must ? BooleanClause.Occur.MUST : BooleanClause.Occur.SHOULD);
        }
        return query.build();
    }

    /** The hits' numbers in their order, read by rising document as doc values want it. */
    private long[] numbers(ScoreDoc[] hits) throws IOException {
        long[] byDoc = new long[hits.length], out = new long[hits.length];
        for (int i = 0; i < hits.length; i++) byDoc[i] = (long) hits[i].doc << 32 | i;
        Arrays.sort(byDoc);
        LeafReaderContext leaf = null;
        NumericDocValues values = null;
        for (long entry : byDoc) {
            int doc = (int) (entry >> 32);
            if (leaf == null || doc >= leaf.docBase + leaf.reader().maxDoc()) {
                leaf = reader.leaves().get(ReaderUtil.subIndex(doc, reader.leaves()));
                values = leaf.reader().getNumericDocValues("number");
            }
            values.advanceExact(doc - leaf.docBase);
            out[(int) entry] = values.longValue();
        }
        return out;
    }

    private String answer(String command, String text) throws IOException {
        boolean onlyCount = command.equals("COUNT"), counts = command.endsWith("COUNT");
        int limit = onlyCount ? 0 : Integer.parseInt(command.split("_")[1]);
        long[] hits = {};
        long count = -1;
        long cpu = clock.getCurrentThreadCpuTime(), wall = System.nanoTime();
        Query query = parse(text);
        if (onlyCount) {
            count = searcher.count(query);
        } else {
            TopScoreDocCollector best = TopScoreDocCollector.create(limit, counts ? Integer.MAX_VALUE : limit);
            searcher.search(query, best);
            TopDocs found = best.topDocs();
            hits = numbers(found.scoreDocs);
            if (counts) count = found.totalHits.value;
        }
        wall = System.nanoTime() - wall;
        cpu = clock.getCurrentThreadCpuTime() - cpu;
        StringBuilder out = new StringBuilder().append(count).append('\t').append(wall).append('\t');
        for (int i = 0; i < hits.length; i++) out.append(i > 0 ? "," : "").append(hits[i]);
        return out.append('\t').append(cpu).toString();
    }

    public static void main(String[] args) throws IOException {
        Search search = new Search(args[0]);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16), false, StandardCharsets.UTF_8);
        for (String line; (line = in.readLine()) != null; ) {
            int tab = line.indexOf('\t');
            if (tab >= 0) {
                out.println(search.answer(line.substring(0, tab), line.substring(tab + 1)));
            } else {
                out.println();
                out.flush();
            }
        }
        out.flush();
    }
}
