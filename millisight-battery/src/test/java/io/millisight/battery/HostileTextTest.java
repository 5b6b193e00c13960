package io.millisight.battery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millisight.Millisight;
import io.millisight.MillisightConfig;
import io.millisight.http.HttpConfig;
import io.millisight.http.MillisightHttp;
import io.millisight.observe.Outcome;
import io.millisight.servlet.MillisightFilter;
import io.millisight.servlet.MillisightServlet;
import io.millisight.testkit.HostileTexts;
import io.millisight.testkit.ManualClock;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Row 11: what a client writes stays text, in every field and wherever it comes out again. */
class HostileTextTest {

    /** Service and instance may have all but control characters. */
    private static final String SERVICE = "<b>\"'; DROP TABLE source; --\u202e${jndi:x}=1+1,\\";

    private static final Set<String> HEADERS = Set.of(
            "cache-control",
            "x-content-type-options",
            "content-security-policy",
            "content-type",
            "content-length",
            "transfer-encoding",
            "x-response-time",
            "date",
            "connection");

    private static final Pattern LOG_LINE =
            Pattern.compile("\\[[A-Za-z0-9.-]+] (INFO|WARN|ERROR) millisight(\\.(requests|slow|alerts))? - .*");

    private static final String FORMULA = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20";

    /** Longer than what is kept of any field, and short enough for a header. */
    private static final int ON_THE_WIRE = 300;

    private final JsonMapper json = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    @TempDir
    private Path folder;

    private final ManualClock clock = new ManualClock();
    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final List<Stored> expected = new ArrayList<>();
    private PrintStream realErr;
    private List<String> texts;
    private Millisight millisight;
    private HostedTomcat tomcat;
    private int recorded;
    private int refusedByTomcat;

    /** What a stored request must say; a route of null may be anything. */
    private record Stored(
            String method, @Nullable String route, @Nullable String user) {}

    @BeforeEach
    void start() throws Exception {
        Logger.getLogger("").getHandlers(); // Tomcat's log keeps the stream that is there now
        realErr = System.err;
        System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
        millisight = Millisight.start(
                MillisightConfig.builder()
                        .dataDirectory(folder.resolve("attacked"))
                        .service(SERVICE)
                        .instance(SERVICE)
                        .requestLogLimit(100_000)
                        .maxEndpoints(10_000)
                        .build(),
                clock);
        tomcat = HostedTomcat.start(this::register);
    }

    private void register(ServletContext context) {
        MillisightFilter filter = new MillisightFilter(
                millisight, request -> hostile(request, "route"), request -> hostile(request, "user"));
        FilterRegistration.Dynamic registration = context.addFilter(MillisightFilter.NAME, filter);
        registration.addMappingForUrlPatterns(MillisightFilter.dispatcherTypes(), false, "/app/*");
        context.addListener(filter.requestListener());
        MillisightHttp http = new MillisightHttp(millisight, HttpConfig.defaults());
        ServletRegistration.Dynamic servlet = context.addServlet("metrics", new MillisightServlet(http));
        http.paths().forEach(servlet::addMapping);
        servlet.addMapping("/metrics/*");
        context.addServlet("app", new HttpServlet() {
                    @Override
                    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                        response.getWriter().print("ok");
                    }
                })
                .addMapping("/app/*");
    }

    /** As a framework's template or principal would be: no header could carry it. */
    private @Nullable String hostile(HttpServletRequest request, String field) {
        boolean wanted = field.equals(request.getHeader("X-Field"));
        return wanted ? texts.get(Integer.parseInt(request.getHeader("X-Text"))) : null;
    }

    @AfterEach
    void stop() throws Exception {
        System.setErr(realErr);
        tomcat.close();
        millisight.close();
    }

    @Test
    void keepsHostileTextInertInLogsSqlHeadersJsonAndCsv() throws Exception {
        List<String> all = HostileTexts.all();
        assertThat(all).hasSizeGreaterThanOrEqualTo(300);
        Battery row = Battery.row(11, "hostile text", all.size() / 4, all.size());
        texts = row.rounds() == all.size() ? all : everyFourth(all, row.rounds());
        for (int i = 0; i < texts.size(); i++) {
            record(i);
            row.progress(i / 2);
        }
        int answers = assertThatExportsAreInert();
        for (int i = 0; i < texts.size(); i++) {
            answers += assertThatQueriesAreInert(texts.get(i));
            row.progress((texts.size() + i) / 2);
        }
        int lines = assertThatLogsAreInert();
        tomcat.close();
        millisight.close();
        assertThatTheDatabaseIsWhole();
        row.held(String.format(
                "%d texts in 5 fields, %d requests recorded (%d more refused by Tomcat): %d log lines, %d answers, %d stored"
                        + " requests as JSON, NDJSON and CSV, and the database: all inert",
                texts.size(), recorded, refusedByTomcat, lines, answers, recorded));
    }

    private static List<String> everyFourth(List<String> all, int most) {
        List<String> some = new ArrayList<>();
        for (int i = 0; some.size() < most; i += 4) {
            some.add(all.get(i));
        }
        return some;
    }

    private void record(int index) throws IOException {
        String text = texts.get(index);
        get("/app/x", "X-Field: route\r\nX-Text: " + index + "\r\n");
        expect("GET", text.isEmpty() ? null : route("GET", text), null);
        get("/app/x", "X-Field: user\r\nX-Text: " + index + "\r\n");
        expect("GET", null, user(text));
        byte[] answer = get("/app/" + encoded(cut(text)), "");
        if (Wire.status(answer) == 200) {
            expect("GET", null, null);
        } else {
            assertThat(Wire.status(answer)).as("path of '%s'", text).isEqualTo(400);
            refusedByTomcat++;
        }
        // As from a container that checks nothing.
        millisight.record(text, "/direct", 200, Outcome.COMPLETED, false, 0, 2_000_000_000L, text, "/" + text);
        expect("_OTHER", "/direct", user(text));
        if (index % 10 == 9) { // at most 100 slow ones are logged a second
            millisight.summary();
            clock.advance(Duration.ofSeconds(2));
        }
    }

    private void expect(String method, @Nullable String route, @Nullable String user) {
        recorded++;
        expected.add(new Stored(method, route, user));
    }

    /** Everything that is stored, in each format: as many requests as recorded, each with its very text. */
    private int assertThatExportsAreInert() throws IOException {
        List<Stored> pages = new ArrayList<>();
        String cursor = "";
        int answers = 2;
        do {
            JsonNode page = json.readTree(body(get("/metrics/requests?limit=1000" + cursor, "")));
            page.get("requests").forEach(request -> pages.add(stored(request)));
            cursor = page.get("next_cursor").isNull()
                    ? ""
                    : "&cursor=" + page.get("next_cursor").asText();
            answers++;
        } while (!cursor.isEmpty());
        assertSame(pages, text -> text);

        List<Stored> lines = new ArrayList<>();
        for (String line : body(get("/metrics/requests", "Accept: application/x-ndjson\r\n"))
                .split("\n", -1)) {
            if (!line.isEmpty()) {
                lines.add(stored(json.readTree(line)));
            }
        }
        assertSame(lines, text -> text);

        List<List<String>> rows = rfc4180(body(get("/metrics/requests", "Accept: text/csv\r\n")));
        assertThat(rows.remove(0)).hasSize(12);
        List<Stored> cells = new ArrayList<>();
        for (List<String> row : rows) {
            assertThat(row).hasSize(12);
            for (String cell : row) {
                assertThat(cell.isEmpty() || FORMULA.indexOf(cell.charAt(0)) < 0)
                        .as("cell '%s'", cell)
                        .isTrue();
            }
            String user = unguarded(row.get(9));
            cells.add(new Stored(row.get(2), unguarded(row.get(3)), user.isEmpty() ? null : user));
        }
        assertSame(cells, HostileTextTest::unguarded);

        for (String path : List.of(
                "/metrics",
                "/metrics/slow?limit=1000",
                "/metrics/endpoints",
                "/metrics/performance",
                "/metrics/series")) {
            json.readTree(body(get(path, "")));
            answers++;
        }
        JsonNode summary = json.readTree(body(get("/metrics", "")));
        assertThat(summary.get("service").asText()).isEqualTo(SERVICE);
        assertThat(summary.get("total_requests").asInt()).isEqualTo(recorded);
        JsonNode slow = json.readTree(body(get("/metrics/slow?limit=1000", "")));
        assertThat(slow.toString()).contains("/direct");
        return answers + 2;
    }

    private static Stored stored(JsonNode request) {
        JsonNode user = request.get("user_id");
        assertThat(request.get("endpoint").asText())
                .isEqualTo(request.get("method").asText() + " "
                        + request.get("route").asText());
        return new Stored(
                request.get("method").asText(), request.get("route").asText(), user.isNull() ? null : user.asText());
    }

    /** @param shown what a format makes of a text */
    private void assertSame(List<Stored> actual, UnaryOperator<String> shown) {
        assertThat(actual).hasSize(recorded);
        List<Stored> left = new ArrayList<>(actual);
        for (Stored stored : expected) {
            Stored one = new Stored(
                    stored.method,
                    stored.route == null ? null : shown.apply(stored.route),
                    stored.user == null ? null : shown.apply(stored.user));
            boolean found = one.route != null ? left.remove(one) : left.removeIf(new FirstOf(one));
            assertThat(found).as("stored: %s", one).isTrue();
        }
    }

    /** The first request that differs at most in its route. */
    private static final class FirstOf implements Predicate<Stored> {

        private final Stored wanted;
        private boolean found;

        FirstOf(Stored wanted) {
            this.wanted = wanted;
        }

        @Override
        public boolean test(Stored stored) {
            boolean first = !found
                    && stored.route.startsWith("/app")
                    && stored.method.equals(wanted.method)
                    && Objects.equals(stored.user, wanted.user);
            found |= first;
            return first;
        }
    }

    /** A text asked for finds those that have it, and nothing else; what is refused is repeated as text. */
    private int assertThatQueriesAreInert(String text) throws IOException {
        String sent = new String(cut(text).getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        String query = encoded(cut(text));
        JsonNode byUser = json.readTree(body(get("/metrics/requests?limit=1000&user_id=" + query, "")));
        if (sent.length() <= 255) {
            assertThat(byUser.get("requests").size())
                    .as("requests of user '%s'", text)
                    .isEqualTo((int) expected.stream()
                            .filter(one -> sent.equals(one.user))
                            .count());
        } else {
            assertThat(byUser.get("status").asInt()).isEqualTo(400);
        }
        JsonNode byEndpoint = json.readTree(body(get("/metrics/requests?limit=1000&endpoint=GET%20" + query, "")));
        if (byEndpoint.has("requests")) {
            byEndpoint.get("requests").forEach(request -> assertThat(
                            request.get("route").asText())
                    .isEqualTo(sent));
            assertThat(byEndpoint.get("requests").size())
                    .as("requests of endpoint '%s'", text)
                    .isGreaterThanOrEqualTo((int) expected.stream()
                            .filter(one -> one.method.equals("GET") && sent.equals(one.route))
                            .count());
        } else {
            assertThat(byEndpoint.get("status").asInt()).isEqualTo(400);
        }
        JsonNode value = json.readTree(body(get("/metrics/slow?limit=x" + query, "")));
        assertThat(value.get("status").asInt()).isEqualTo(400);
        assertThat(value.get("value").asText()).startsWith("x" + sent.substring(0, Math.min(90, sent.length())));
        JsonNode name = json.readTree(body(get("/metrics/slow?x" + query + "=1", "")));
        assertThat(name.get("status").asInt()).isEqualTo(400);
        byte[] unknown = get("/metrics/" + query, "");
        assertThat(Wire.status(unknown)).isIn(400, 404, 200);
        if (Wire.head(unknown).contains("problem+json")) {
            json.readTree(body(unknown));
        }
        return 5;
    }

    private int assertThatLogsAreInert() {
        millisight.summary();
        clock.advance(Duration.ofSeconds(2));
        millisight.summary();
        int requests = 0;
        int slow = 0;
        String text = logged.toString(StandardCharsets.UTF_8);
        for (String line : text.split("\n", -1)) {
            if (line.isEmpty()) {
                continue;
            }
            assertThat(line).matches(LOG_LINE).doesNotContain("${");
            assertThat(line.codePoints()
                            .filter(HostileTextTest::actsInATerminal)
                            .toArray())
                    .as(line)
                    .isEmpty();
            String logger = line.split(" ", 4)[2]; // a hostile text may name one too
            requests += logger.equals("millisight.requests") ? 1 : 0;
            slow += logger.equals("millisight.slow") ? 1 : 0;
        }
        assertThat(requests).as("a line a request").isEqualTo(recorded);
        assertThat(slow).as("a line a slow request").isEqualTo(texts.size());
        return requests + slow;
    }

    private static boolean actsInATerminal(int character) {
        int type = Character.getType(character);
        return Character.isISOControl(character)
                || type == Character.FORMAT
                || type == Character.SURROGATE
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }

    private void assertThatTheDatabaseIsWhole() throws Exception {
        Path fresh = folder.resolve("fresh");
        Millisight.start(MillisightConfig.builder().dataDirectory(fresh).build(), clock)
                .close();
        assertThat(schema(folder.resolve("attacked"))).isEqualTo(schema(fresh)).isNotEmpty();
        Set<String> routes = new TreeSet<>(query(folder.resolve("attacked"), "SELECT route FROM endpoint"));
        expected.stream().filter(one -> one.route != null).forEach(one -> assertThat(routes)
                .contains(one.route));
        assertThat(query(folder.resolve("attacked"), "SELECT service FROM source"))
                .containsExactly(SERVICE);
        assertThat(query(folder.resolve("attacked"), "PRAGMA integrity_check")).containsExactly("ok");
    }

    private static List<String> schema(Path directory) throws Exception {
        return query(directory, "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master ORDER BY 1");
    }

    private static List<String> query(Path directory, String sql) throws IOException, SQLException {
        Path database;
        try (Stream<Path> files = Files.list(directory)) {
            database = files.filter(file -> file.toString().endsWith(".db"))
                    .findFirst()
                    .orElseThrow();
        }
        List<String> found = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }

    private byte[] get(String target, String headers) throws IOException {
        byte[] answer = Wire.answer(
                tomcat.port(),
                Wire.bytes(
                        "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "Connection: close\r\n\r\n"));
        if (target.startsWith("/metrics") && !Wire.head(answer).contains("text/html")) {
            for (String line : Wire.head(answer).split("\r\n", -1)) {
                String name = line.replaceFirst(":.*", "").toLowerCase(Locale.ROOT);
                assertThat(line.isEmpty() || line.startsWith("HTTP/1.1 ") || HEADERS.contains(name))
                        .as("header '%s' in the answer to %s", line, target)
                        .isTrue();
            }
        }
        return answer;
    }

    private static String body(byte[] answer) {
        return new String(Wire.body(answer), StandardCharsets.UTF_8);
    }

    private static String cut(String text) {
        return text.substring(0, Math.min(ON_THE_WIRE, text.length()));
    }

    /** Each byte of its UTF-8 by its number. */
    private static String encoded(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            encoded.append(String.format("%%%02x", b));
        }
        return encoded.toString();
    }

    /** What is kept of a user id: 255 characters, none of them half. */
    private static @Nullable String user(String text) {
        return text.isEmpty() ? null : whole(text, 255, 1_023);
    }

    /** What is kept of a route: 255 characters, and as many bytes as a cell of the dictionary holds. */
    private static String route(String method, String text) {
        return whole(text, 255, 312 - method.length());
    }

    private static String whole(String text, int characters, int bytes) {
        int end = Math.min(text.length(), characters);
        if (end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        StringBuilder kept = new StringBuilder();
        int left = bytes;
        for (int c : text.substring(0, end).codePoints().toArray()) {
            int written = Character.getType(c) == Character.SURROGATE ? '?' : c;
            left -= Character.toString(written).getBytes(StandardCharsets.UTF_8).length;
            if (left < 0) {
                break;
            }
            kept.appendCodePoint(written);
        }
        return kept.toString();
    }

    /** Without what keeps a cell from being a formula; a text that had it before cannot be told apart. */
    private static String unguarded(String cell) {
        return cell.length() > 1 && cell.charAt(0) == '\'' && FORMULA.indexOf(cell.charAt(1)) >= 0
                ? cell.substring(1)
                : cell;
    }

    /** Rows of cells; strict, as RFC 4180 has it. */
    private static List<List<String>> rfc4180(String csv) {
        List<List<String>> rows = new ArrayList<>();
        List<String> row = new ArrayList<>();
        int at = 0;
        while (at < csv.length()) {
            StringBuilder cell = new StringBuilder();
            if (csv.charAt(at) == '"') {
                at++;
                while (csv.charAt(at) != '"' || csv.startsWith("\"\"", at)) {
                    at += csv.charAt(at) == '"' ? 1 : 0;
                    cell.append(csv.charAt(at++));
                }
                at++;
            } else {
                while (",\"\r\n".indexOf(csv.charAt(at)) < 0) {
                    cell.append(csv.charAt(at++));
                }
            }
            row.add(cell.toString());
            if (csv.startsWith("\r\n", at)) {
                rows.add(row);
                row = new ArrayList<>();
                at += 2;
            } else {
                assertThat(csv.charAt(at)).as("behind cell %s", cell).isEqualTo(',');
                at++;
            }
        }
        assertThat(row).as("a row without its end").isEmpty();
        return rows;
    }
}
