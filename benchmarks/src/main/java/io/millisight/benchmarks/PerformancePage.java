package io.millisight.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** docs/performance.md: text by people, with generated tables between markers. */
final class PerformancePage {

    private final Path file;
    private String text;

    PerformancePage(Path file) throws IOException {
        this.file = file;
        this.text = Files.readString(file);
    }

    /** Replaces what stands between the markers of this part. */
    void put(String part, String content) {
        String begin = "<!-- bench:" + part + " -->\n";
        String end = "<!-- bench:end -->";
        int from = text.indexOf(begin);
        int to = text.indexOf(end, Math.max(from, 0));
        if (from < 0 || to < 0) {
            throw new IllegalStateException(file + ": markers of part " + part + " are missing");
        }
        text = text.substring(0, from + begin.length()) + content + text.substring(to);
    }

    void save() throws IOException {
        Files.writeString(file, text);
    }
}
