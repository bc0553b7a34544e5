import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Paths;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.core.WhitespaceAnalyzer;
import org.apache.lucene.analysis.ru.RussianAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/**
 * usage: Index pre|raw INPUT INDEXDIR THREADS
 * pre: WhitespaceAnalyzer; raw: RussianAnalyzer. One segment at the end. The document's number is
 * kept as a doc value; the text is not stored.
 */
public class Index {
    private static final String END = "";

    /** One thread's document, filled again for each line. */
    private static final class Slot {
        private final Field body = new Field("body", "", fieldType());
        private final NumericDocValuesField number = new NumericDocValuesField("number", 0);
        private final StringField source = new StringField("source", "", Field.Store.NO);
        private final Document document = new Document();

        Slot() {
            document.add(body);
            document.add(number);
            document.add(source);
        }

        private static FieldType fieldType() {
            FieldType type = new FieldType(TextField.TYPE_NOT_STORED);
            type.freeze();
            return type;
        }

        Document of(String line) {
            int tab = line.indexOf('\t'), second = line.indexOf('\t', tab + 1);
            number.setLongValue(Long.parseLong(line.substring(0, tab)));
            source.setStringValue(line.substring(tab + 1, second));
            body.setStringValue(line.substring(second + 1));
            return document;
        }
    }

    private static void drain(BlockingQueue<String> lines, IndexWriter writer) {
        Slot slot = new Slot();
        try {
            for (String line; !(line = lines.take()).equals(END); ) writer.addDocument(slot.of(line));
            lines.put(END);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void addAll(BufferedReader in, IndexWriter writer, int threads)
            throws IOException, InterruptedException {
        in.readLine();
        if (threads == 1) {
            Slot slot = new Slot();
            for (String line; (line = in.readLine()) != null; ) writer.addDocument(slot.of(line));
            return;
        }
        BlockingQueue<String> lines = new ArrayBlockingQueue<>(10000);
        Thread[] workers = new Thread[threads];
        for (int i = 0; i < threads; i++) {
            workers[i] = new Thread(() -> drain(lines, writer));
            workers[i].start();
        }
        for (String line; (line = in.readLine()) != null; ) lines.put(line);
        lines.put(END);
        for (Thread worker : workers) worker.join();
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        Analyzer analyzer = args[0].equals("raw") ? new RussianAnalyzer() : new WhitespaceAnalyzer();
        int threads = Integer.parseInt(args[3]);
        IndexWriterConfig config = new IndexWriterConfig(analyzer);
        config.setOpenMode(IndexWriterConfig.OpenMode.CREATE);
        config.setRAMBufferSizeMB(256);
        config.setUseCompoundFile(false);
        if (threads == 1) config.setMergeScheduler(new SerialMergeScheduler());
        try (Directory dir = FSDirectory.open(Paths.get(args[2]));
                IndexWriter writer = new IndexWriter(dir, config);
                BufferedReader in = new BufferedReader(
                        new InputStreamReader(new FileInputStream(args[1]), StandardCharsets.UTF_8), 1 << 20)) {
            addAll(in, writer, threads);
            writer.commit();
            writer.forceMerge(1, true);
            writer.commit();
        }
    }
}
