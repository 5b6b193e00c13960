package io.millisight.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
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
        assertThat(head).containsExactlyElementsOf(told.get(0).keySet());
        assertThat(lines).hasSize(told.size() + 1);
        for (int i = 0; i < told.size(); i++) {
            for (int column = 0; column < head.size(); column++) {
                String cell = lines.get(i + 1).get(column);
                JsonElement value = told.get(i).get(head.get(column));
                if (value.isJsonNull()) {
                    assertThat(cell).isEmpty();
                } else if (value instanceof JsonPrimitive number && number.isNumber()) {
                    assertThat(Double.parseDouble(cell)).isEqualTo(number.getAsDouble());
                } else {
                    assertThat(cell).isEqualTo(value.isJsonPrimitive() ? value.getAsString() : value.toString());
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
