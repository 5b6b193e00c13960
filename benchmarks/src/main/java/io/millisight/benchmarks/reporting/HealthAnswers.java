package io.millisight.benchmarks.reporting;

import io.millisight.Millisight;
import io.millisight.benchmarks.Cost;
import io.millisight.benchmarks.Effort;
import io.millisight.benchmarks.LoopbackServer;
import io.millisight.benchmarks.Median;
import io.millisight.benchmarks.Table;
import io.millisight.health.HealthCheck;
import io.millisight.health.HealthResult;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** What it takes to ask how the service is, while every check hangs. */
final class HealthAnswers {

    private static final int HANGING = 20;

    private HealthAnswers() {}

    static void ask(Millisight millisight, LoopbackServer server, Effort effort, Table table) throws Exception {
        CountDownLatch hanging = new CountDownLatch(HANGING);
        for (int i = 0; i < HANGING; i++) {
            millisight
                    .health()
                    .add(HealthCheck.named("hangs-" + i, timeout -> {
                                hanging.countDown();
                                new CountDownLatch(1).await();
                                return HealthResult.healthy();
                            })
                            .build());
        }
        hanging.await();
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(server.uri("/health")).build();
        List<Double> direct = new ArrayList<>();
        List<Double> overHttp = new ArrayList<>();
        int rounds = 50 * effort.reports();
        for (int i = -rounds; i < rounds; i++) {
            double ofSummary = millis(() -> millisight.health().summary().status());
            double ofHttp = millis(() -> requireWhole(client.send(request, HttpResponse.BodyHandlers.ofString())));
            if (i >= 0) {
                direct.add(ofSummary);
                overHttp.add(ofHttp);
            }
        }
        String what = HANGING + " checks that all hang, median of " + rounds;
        table.row("`HealthMonitor.summary`, " + what, Table.number(Median.of(direct)) + " ms", "1 ms");
        table.row("`GET /health`, the same", Table.number(Median.of(overHttp)) + " ms", "1 ms");
    }

    private static void requireWhole(HttpResponse<String> response) {
        if (response.statusCode() != 200 || !response.body().contains("hangs-" + (HANGING - 1))) {
            throw new IllegalStateException(response.statusCode() + ": " + response.body());
        }
    }

    private static double millis(Cost.Work work) throws Exception {
        return Cost.of(work).wallNanos() / 1e6;
    }
}
