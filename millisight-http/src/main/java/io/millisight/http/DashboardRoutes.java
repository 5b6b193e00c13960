package io.millisight.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The dashboard's page and its files, each read from the jar when first asked for. */
final class DashboardRoutes {

    static final String PAGE = "/metrics/dashboard";

    private static final String INDEX = "index.html";

    /** Below the page's folder; a test holds them against it. */
    private static final List<String> FILES = List.of(
            "alerts.js",
            "api.js",
            "chart.js",
            "connection.js",
            "dashboard.css",
            "details.js",
            "empty.js",
            "endpoint.js",
            "endpoints.js",
            "export.js",
            "feed.js",
            "format.js",
            "health.js",
            "heatmap.js",
            "help.js",
            "icon.js",
            "instances.js",
            "keyboard.js",
            "latency.js",
            "live.js",
            "memory.js",
            "main.js",
            "overview.js",
            "panel.js",
            "performance.js",
            "ramp.js",
            "range.js",
            "requests.js",
            "slow.js",
            "state.js",
            "statuses.js",
            "table.js",
            "theme.js",
            "throughput.js",
            "timeline.js",
            "vendor/preact.js",
            "vendor/uplot.css",
            "vendor/uplot.js");

    private final Map<String, DashboardFile> read = new ConcurrentHashMap<>();

    List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        routes.add(route(PAGE, INDEX));
        FILES.forEach(name -> routes.add(route(PAGE + "/" + name, name)));
        return routes;
    }

    private Route route(String path, String name) {
        MediaType type = MediaType.ofFile(name);
        return new Route(
                "GET",
                path,
                List.of(),
                List.of(type),
                (parameters, chosen) ->
                        new Answer.File(read.computeIfAbsent(name, added -> DashboardFile.read(added, type))));
    }
}
