package io.millisight.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import io.millisight.health.HealthResult;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** JSON and CSV of each panel, against the call of the API that it names. */
class ExportTest {

    private static Shop shop;
    private static String anHour;

    @RegisterExtension
    final Tabs tabs = new Tabs();

    @BeforeAll
    static void start() {
        shop = Shop.withPast(Duration.ofHours(2), 3_000);
        shop.record("POST /checkout", 200, 150, Duration.ZERO);
        shop.record("POST /checkout", 500, 250, Duration.ZERO);
        shop.check("payments", () -> HealthResult.down("no connection, \"payments\" refused"));
        while (shop.ask("/metrics").getAsJsonArray("alerts").isEmpty()) {
            Thread.onSpinWait();
        }
        shop.millisight().flush();
        Instant to = Instant.now().minus(5, ChronoUnit.MINUTES).truncatedTo(ChronoUnit.MINUTES);
        anHour = "range=custom&from=" + to.minus(1, ChronoUnit.HOURS) + "&to=" + to;
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    /** Those whose answer stays the same: of a time that has passed. */
    @ParameterizedTest
    @CsvSource({
        "status, '', ''",
        "throughput, '', points",
        "latency, '', points",
        "heatmap, '', points",
        "endpoints, '', endpoints",
        "endpoint, &endpoint=GET /search, endpoints",
        "statuses, &endpoint=GET /search, statuses",
        "slow, &endpoint=POST /checkout, slow_queries",
    })
    void jsonIsTheAnswerAndCsvItsRows(String panel, String where, String rows) throws IOException {
        Dashboard dashboard = Dashboard.open(tabs, shop, "#" + anHour + where);
        assertThat(dashboard.panel(panel)).isVisible();
        String answer = shop.get(dashboard.source(panel), "application/json").body();

        assertThat(export(dashboard, panel, "JSON")).isEqualTo(answer);
        JsonObject whole = JsonParser.parseString(answer).getAsJsonObject();
        List<JsonObject> told = new ArrayList<>();
        if (rows.isEmpty()) {
            told.add(withoutLists(whole));
        } else {
            whole.getAsJsonArray(rows).forEach(row -> told.add(row.getAsJsonObject()));
        }
        assertThat(told).isNotEmpty();
        assertThatCsvHas(told, export(dashboard, panel, "CSV"));
    }

    /** Those whose answer is another each time: what the page itself was answered last. */
    @ParameterizedTest
    @CsvSource({
        "health, #panel=health, checks",
        "history, #panel=health&check=payments, transitions",
        "alerts, #panel=alerts, alerts",
        "slow, #panel=slow, slow_queries",
        "instances, #panel=instances, instances",
        "requests, '', requests",
        "endpoints, '', endpoint_breakdown",
    })
    void aChangingPanelIsWhatThePageWasAnsweredLast(String panel, String fragment, String rows) throws IOException {
        tabs.expect("503.*/health"); // a check is down
        Page page = tabs.blank();
        Map<String, Response> answers = new ConcurrentHashMap<>();
        page.onResponse(response -> answers.put(response.url(), response));
        Dashboard dashboard = Dashboard.in(page, shop, panel.equals("requests") ? aRegion() : fragment);
        assertThat(dashboard.panel(panel)).isVisible();
        assertThat(dashboard.panel(panel)).not().containsText("Loading");

        String json = export(dashboard, panel, "JSON");
        assertThat(json).isEqualTo(answers.get(dashboard.source(panel)).text());
        String csv = export(dashboard, panel, "CSV");
        JsonObject answer = JsonParser.parseString(
                        answers.get(dashboard.source(panel)).text())
                .getAsJsonObject();
        assertThatCsvHas(rowsOf(answer, rows), csv);
    }

    private static String aRegion() {
        return "#" + anHour + "&select=" + anHour.replaceAll(".*from=(.*)&to=(.*)", "$1,$2") + ",1,10";
    }

    /** The rows that the panel's table has of an answer. */
    private static List<JsonObject> rowsOf(JsonObject answer, String rows) {
        List<JsonObject> told = new ArrayList<>();
        if (rows.equals("transitions")) {
            answer.getAsJsonArray("checks").forEach(check -> check.getAsJsonObject()
                    .getAsJsonArray("transitions")
                    .forEach(turn -> {
                        JsonObject row = new JsonObject();
                        for (String name : List.of("check", "service", "instance")) {
                            row.add(name, check.getAsJsonObject().get(name));
                        }
                        turn.getAsJsonObject().entrySet().forEach(field -> row.add(field.getKey(), field.getValue()));
                        told.add(row);
                    }));
        } else if (answer.get(rows).isJsonArray()) {
            answer.getAsJsonArray(rows).forEach(row -> told.add(row.getAsJsonObject()));
        } else {
            answer.getAsJsonObject(rows).entrySet().forEach(entry -> {
                JsonObject row = new JsonObject();
                row.addProperty(rows.equals("checks") ? "check" : "endpoint", entry.getKey());
                entry.getValue()
                        .getAsJsonObject()
                        .entrySet()
                        .forEach(field -> row.add(field.getKey(), field.getValue()));
                told.add(row);
            });
        }
        assertThat(told).isNotEmpty();
        return told;
    }

    private static JsonObject withoutLists(JsonObject of) {
        JsonObject copy = of.deepCopy();
        copy.entrySet()
                .removeIf(field ->
                        field.getValue().isJsonArray() || field.getValue().isJsonObject());
        return copy;
    }

    private static String export(Dashboard dashboard, String panel, String form) throws IOException {
        Locator menu = dashboard.panel(panel).locator("details.menu").first();
        menu.locator("summary").click();
        Download download = dashboard.page().waitForDownload(() -> menu.getByText(
                        form, new Locator.GetByTextOptions().setExact(true))
                .click());
        assertThat(download.suggestedFilename()).endsWith("." + form.toLowerCase(java.util.Locale.ROOT));
        return Files.readString(download.path());
    }

    private static void assertThatCsvHas(List<JsonObject> told, String csv) {
        List<List<String>> lines = rfc4180(csv);
        List<String> head = lines.get(0);
        Set<String> fields = new LinkedHashSet<>();
        told.forEach(row -> fields.addAll(row.keySet()));
        assertThat(head).containsExactlyElementsOf(fields);
        assertThat(lines).hasSize(told.size() + 1);
        for (int i = 0; i < told.size(); i++) {
            for (int column = 0; column < head.size(); column++) {
                String cell = lines.get(i + 1).get(column);
                JsonElement value = told.get(i).get(head.get(column));
                if (value == null || value.isJsonNull()) {
                    assertThat(cell).isEmpty();
                } else if (value instanceof JsonPrimitive number && number.isNumber()) {
                    assertThat(Double.parseDouble(cell)).isEqualTo(number.getAsDouble());
                } else {
                    boolean text = value instanceof JsonPrimitive primitive && primitive.isString();
                    assertThat(text ? new JsonPrimitive(cell) : JsonParser.parseString(cell))
                            .isEqualTo(value);
                }
            }
        }
    }

    private static List<List<String>> rfc4180(String csv) {
        List<List<String>> lines = new ArrayList<>();
        List<String> line = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < csv.length(); i++) {
            char c = csv.charAt(i);
            if (quoted && c == '"' && i + 1 < csv.length() && csv.charAt(i + 1) == '"') {
                cell.append(c);
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && (c == ',' || c == '\n')) {
                line.add(cell.toString());
                cell.setLength(0);
                if (c == '\n') {
                    lines.add(line);
                    line = new ArrayList<>();
                }
            } else if (quoted || c != '\r') {
                cell.append(c);
            }
        }
        assertThat(cell).as("what is behind the last line").isEmpty();
        return lines;
    }
}
