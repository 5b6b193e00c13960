package com.example.verify;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/** The same requests from several clients at once. */
final class Burst {

    private final Client client;
    private final int clients;
    private final int requestsEach;

    Burst(Client client, int clients, int requestsEach) {
        this.client = client;
        this.clients = clients;
        this.requestsEach = requestsEach;
    }

    void send() throws IOException, InterruptedException {
        var threads = Executors.newFixedThreadPool(clients);
        try {
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                tasks.add(() -> {
                    for (int n = 1; n <= requestsEach; n++) {
                        client.send(Request.get("/api/products/{id}", "/api/products/" + (1 + n % 120)));
                    }
                    return null;
                });
            }
            for (var task : threads.invokeAll(tasks)) {
                task.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("a request of the burst failed", e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }
}
