package io.millisight.matrix;

import io.millisight.matrix.Shape.Drive;
import io.millisight.matrix.Shape.Trait;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** How the requests of one cell reach the container. */
enum Transport {
    KEEP_ALIVE("1.1") {
        @Override
        boolean takes(Shape shape) {
            return true;
        }

        @Override
        List<Answer> ask(int port, Shape shape, List<String> numbers) throws Exception {
            if (shape.has(Trait.SLOW)) {
                return allAtOnce(port, shape, numbers);
            }
            int each = isLast(shape) || shape.drive() != Drive.WHOLE ? 1 : PER_CONNECTION;
            return inConnections(port, numbers, each, (wire, some) -> switch (shape.drive()) {
                case WHOLE -> wire.keepAlive(shape, some);
                case AFTER_CONTINUE -> List.of(wire.afterContinue(shape, some.get(0)));
                case HANDSHAKE -> List.of(wire.handshake(shape, some.get(0)));
                case LEAVES_BEFORE -> List.of(wire.leaveBefore(shape, some.get(0)));
                case LEAVES_DURING -> List.of(wire.leaveDuring(shape, some.get(0)));
                case LEAVES_AFTER -> List.of(wire.leaveAfter(shape, some.get(0)));
            });
        }
    },

    PIPELINED("pipelined") {
        @Override
        boolean takes(Shape shape) {
            return shape.drive() == Drive.WHOLE && !isLast(shape) && !shape.has(Trait.SLOW);
        }

        @Override
        List<Answer> ask(int port, Shape shape, List<String> numbers) throws Exception {
            return inConnections(port, numbers, PER_CONNECTION, (wire, some) -> wire.pipelined(shape, some));
        }
    },

    /** Without encryption: the client asks for the upgrade with its first request, and keeps the connection. */
    HTTP_2("h2c") {
        private final HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();

        @Override
        boolean takes(Shape shape) {
            return shape.drive() == Drive.WHOLE && !shape.has(Trait.CLOSES) && !shape.has(Trait.SLOW);
        }

        @Override
        List<Answer> ask(int port, Shape shape, List<String> numbers) throws Exception {
            List<Answer> answers = new ArrayList<>();
            for (String number : numbers) {
                answers.add(ask(port, shape, number));
            }
            return answers;
        }

        private Answer ask(int port, Shape shape, String number) throws Exception {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + shape.path()))
                    .method(
                            shape.method(),
                            shape.body().length == 0
                                    ? BodyPublishers.noBody()
                                    : BodyPublishers.ofByteArray(shape.body()))
                    .timeout(Duration.ofSeconds(20))
                    .header(Work.NUMBER, number);
            shape.headers()
                    .forEach(line -> request.header(
                            line.substring(0, line.indexOf(':')),
                            line.substring(line.indexOf(':') + 1).strip()));
            long sent = System.nanoTime();
            HttpResponse<byte[]> response;
            try {
                response = client.send(request.build(), BodyHandlers.ofByteArray());
            } catch (IOException e) {
                if (shape.has(Trait.MAY_BE_RESET)
                        && String.valueOf(e.getMessage()).contains("RST_STREAM")) {
                    return new Answer(number, 0, 0, sent, 0, 0);
                }
                throw e;
            }
            long now = System.nanoTime();
            if (response.version() != HttpClient.Version.HTTP_2) {
                throw new IllegalStateException("answered in " + response.version());
            }
            int timed = response.headers().allValues("x-response-time").size();
            return new Answer(number, response.statusCode(), timed, sent, now, now);
        }
    };

    /** Fewer than any container allows by default. */
    private static final int PER_CONNECTION = 50;

    private static final int AT_ONCE = 50;

    private interface Exchange {
        List<Answer> on(Wire wire, List<String> numbers) throws Exception;
    }

    private final String label;

    Transport(String label) {
        this.label = label;
    }

    abstract boolean takes(Shape shape);

    abstract List<Answer> ask(int port, Shape shape, List<String> numbers) throws Exception;

    /** Whether the connection ends with the answer: Tomcat closes it after any 5xx. */
    private static boolean isLast(Shape shape) {
        return shape.has(Trait.CLOSES) || shape.status() >= 500;
    }

    private static List<Answer> inConnections(int port, List<String> numbers, int each, Exchange exchange)
            throws Exception {
        List<Answer> answers = new ArrayList<>();
        for (int from = 0; from < numbers.size(); from += each) {
            try (Wire wire = new Wire(port)) {
                answers.addAll(exchange.on(wire, numbers.subList(from, Math.min(numbers.size(), from + each))));
            }
        }
        return answers;
    }

    private static List<Answer> allAtOnce(int port, Shape shape, List<String> numbers) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(Math.min(AT_ONCE, numbers.size()));
        try {
            List<Callable<Answer>> all = new ArrayList<>();
            for (String number : numbers) {
                all.add(() -> {
                    try (Wire wire = new Wire(port)) {
                        return wire.keepAlive(shape, List.of(number)).get(0);
                    }
                });
            }
            List<Answer> answers = new ArrayList<>();
            for (Future<Answer> one : clients.invokeAll(all)) {
                answers.add(one.get());
            }
            return answers;
        } finally {
            clients.shutdownNow();
        }
    }

    @Override
    public String toString() {
        return label;
    }
}
