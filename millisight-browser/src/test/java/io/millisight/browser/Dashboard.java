package io.millisight.browser;

import com.google.gson.JsonObject;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions.HasAttributeOptions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The dashboard of a shop in a page, by what it shows. */
final class Dashboard {

    private final Shop shop;
    private final Page page;

    private Dashboard(Shop shop, Page page) {
        this.shop = shop;
        this.page = page;
    }

    /** At this fragment of the address, in a page that is open; returns when the live feed has spoken. */
    static Dashboard in(Page page, Shop shop, String fragment) {
        page.navigate(shop.dashboard() + fragment);
        Dashboard dashboard = new Dashboard(shop, page);
        dashboard.awaitState("connected");
        return dashboard;
    }

    /** At 1440 x 900, light. */
    static Dashboard open(Tabs tabs, Shop shop, String fragment) {
        return in(tabs.blank(), shop, fragment);
    }

    /** One of {@code websocket}, {@code event-stream}, {@code polling}, {@code off}. */
    String transport() {
        return page.locator("html").getAttribute("data-live");
    }

    void awaitState(String state) {
        PlaywrightAssertions.assertThat(page.getByTestId("connection"))
                .hasAttribute("data-state", state, new HasAttributeOptions().setTimeout(30_000));
    }

    Page page() {
        return page;
    }

    Locator panel(String id) {
        return page.getByTestId(id);
    }

    /** A single figure, as the page has it before it is made readable. */
    Locator figure(String name) {
        return page.getByTestId("figure-" + name);
    }

    /** The call of the API that a panel names as its source. */
    String source(String panel) {
        return panel(panel).getByTestId("source").first().getAttribute("href");
    }

    /** What that call says now. */
    JsonObject answer(String panel) {
        return shop.ask(source(panel));
    }

    /** Waits until a figure is this. */
    void awaitFigure(String name, Object value) {
        PlaywrightAssertions.assertThat(figure(name))
                .hasAttribute("data-value", String.valueOf(value), new HasAttributeOptions().setTimeout(30_000));
    }

    /** What a chart says to those who do not see it. */
    Locator sentence(String panel) {
        return panel(panel).getByTestId("sentence");
    }

    void showAsTable(String panel) {
        panel(panel).getByLabel("Show " + panel + " as a table").click();
    }

    /** Every row of a panel's table, from top to bottom: only those in sight exist, so it is scrolled through. */
    List<Row> rows(String panel) {
        List<?> read = (List<?>) panel(panel).locator(".table-box").evaluate("""
                async box => {
                  const rows = new Map();
                  for (let top = 0, before = -1; box.scrollTop > before || top === 0; top += box.clientHeight + 200) { // some more are there on both sides
                    before = top === 0 ? -1 : box.scrollTop;
                    box.scrollTop = top;
                    await new Promise(done => {
                      requestAnimationFrame(() => requestAnimationFrame(done));
                      setTimeout(done, 1000); // a browser that has nothing to draw gives no frames
                    });
                    for (const row of box.querySelectorAll('tbody tr[aria-rowindex]')) {
                      const index = Number(row.getAttribute('aria-rowindex'));
                      rows.set(index, {
                        index,
                        names: [...row.cells].map(cell => cell.dataset.field),
                        texts: [...row.cells].map(cell => cell.innerText),
                        values: [...row.cells].map(cell => cell.dataset.value ?? null),
                      });
                    }
                  }
                  box.scrollTop = 0;
                  return [...rows.values()].sort((a, b) => a.index - b.index);
                }""");
        return read.stream().map(row -> Row.of((Map<?, ?>) row)).toList();
    }

    /**
     * A row of a table.
     *
     * @param index from 2, for the first one is the head
     * @param texts by column, as shown
     * @param values by column, of those that hold numbers; empty: not known
     */
    record Row(int index, Map<String, String> texts, Map<String, String> values) {

        private static Row of(Map<?, ?> row) {
            List<?> names = (List<?>) row.get("names");
            Map<String, String> texts = new LinkedHashMap<>();
            Map<String, String> values = new LinkedHashMap<>();
            for (int i = 0; i < names.size(); i++) {
                texts.put((String) names.get(i), (String) ((List<?>) row.get("texts")).get(i));
                Object value = ((List<?>) row.get("values")).get(i);
                if (value != null) {
                    values.put((String) names.get(i), (String) value);
                }
            }
            return new Row(((Number) row.get("index")).intValue(), texts, values);
        }

        /** Null where it is not known. */
        Double number(String column) {
            String value = values.get(column);
            return value.isEmpty() ? null : Double.valueOf(value);
        }
    }

    /** The names of the endpoints in the table, from top to bottom. */
    List<String> endpoints() {
        List<String> names = new ArrayList<>();
        rows("endpoints").forEach(row -> names.add(row.texts().get("endpoint")));
        return names;
    }
}
