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
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopScoreDocCollector;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.MMapDirectory;

/** usage: Search INDEXDIR (protocol: common/searcher.h) */
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

    private static Query parse(String text) {
        if (text.charAt(0) == '"') {
            PhraseQuery.Builder phrase = new PhraseQuery.Builder();
            for (String word : text.substring(1, text.length() - 1).split(" ")) phrase.add(term(word));
            return phrase.build();
        }
        String[] words = text.split(" ");
        if (words.length == 1) return new TermQuery(term(words[0]));
        BooleanQuery.Builder query = new BooleanQuery.Builder();
        for (String word : words) {
            boolean must = word.charAt(0) == '+';
            query.add(new TermQuery(term(word)), must ? BooleanClause.Occur.MUST : BooleanClause.Occur.SHOULD);
        }
        return query.build();
    }

    private void addNumbers(ScoreDoc[] hits, StringBuilder out) throws IOException {
        for (int i = 0; i < hits.length; i++) {
            LeafReaderContext leaf = reader.leaves().get(ReaderUtil.subIndex(hits[i].doc, reader.leaves()));
            NumericDocValues numbers = leaf.reader().getNumericDocValues("number");
            numbers.advanceExact(hits[i].doc - leaf.docBase);
            out.append(i > 0 ? "," : "").append(numbers.longValue());
        }
    }

    private String answer(String command, String text) throws IOException {
        boolean onlyCount = command.equals("COUNT"), counts = command.endsWith("COUNT");
        int limit = onlyCount ? 0 : Integer.parseInt(command.split("_")[1]);
        ScoreDoc[] hits = {};
        long count = -1;
        long cpu = clock.getCurrentThreadCpuTime(), wall = System.nanoTime();
        Query query = parse(text);
        if (onlyCount) {
            count = searcher.count(query);
        } else {
            TopScoreDocCollector best = TopScoreDocCollector.create(limit, counts ? Integer.MAX_VALUE : limit);
            searcher.search(query, best);
            TopDocs found = best.topDocs();
            hits = found.scoreDocs;
            if (counts) count = found.totalHits.value;
        }
        wall = System.nanoTime() - wall;
        cpu = clock.getCurrentThreadCpuTime() - cpu;
        StringBuilder out = new StringBuilder().append(count).append('\t').append(wall).append('\t');
        addNumbers(hits, out);
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
