package io.millisight.benchmarks.reporting;

import io.millisight.Millisight;
import io.millisight.benchmarks.Cost;
import io.millisight.benchmarks.Effort;
import io.millisight.benchmarks.LoopbackServer;
import io.millisight.benchmarks.Rounds;
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
            double ofSummary = micros(() -> millisight.health().summary().status());
            double ofHttp = micros(() -> requireWhole(client.send(request, HttpResponse.BodyHandlers.ofString())));
            if (i >= 0) {
                direct.add(ofSummary);
                overHttp.add(ofHttp);
            }
        }
        String what = HANGING + " checks that all hang, median of " + rounds;
        row(table, "`HealthMonitor.summary`, " + what, direct);
        row(table, "`GET /health`, the same", overHttp);
    }

    private static void requireWhole(HttpResponse<String> response) {
        if (response.statusCode() != 200 || !response.body().contains("hangs-" + (HANGING - 1))) {
            throw new IllegalStateException(response.statusCode() + ": " + response.body());
        }
    }

    private static void row(Table table, String what, List<Double> micros) {
        Rounds rounds = Rounds.of(micros);
        table.row(what, Table.number(rounds.median()) + " µs", rounds.spread(), "1 ms");
    }

    private static double micros(Cost.Work work) throws Exception {
        return Cost.of(work).wallNanos() / 1e3;
    }
}
