package io.millisight.battery;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.Ledger;
import io.millisight.Millisight;
import io.millisight.MillisightConfig;
import io.millisight.live.LiveSummary;
import io.millisight.report.PerformanceReport;
import io.millisight.rollup.RollupSnapshot;
import io.millisight.rollup.TimeRange;
import io.millisight.servlet.MillisightFilter;
import io.millisight.servlet.RouteResolver;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Row 10: a service in a process of its own, with 128 MiB of heap, is asked for as many paths, methods, hosts, user agents
 * and users as there are requests. It tells apart as many endpoints as its setting says, and its heap stays as it was.
 */
class CardinalityTest {

    private static final int MOST_ENDPOINTS = 2_001;
    private static final long MOST_GROWTH = 32L << 20;

    /** Of one endpoint, so that everything of Tomcat and of ours that a service always has is there before we measure. */
    private static final int WARM_UP = 2_000;

    /** Requests written before their answers are read. */
    private static final int PIPELINE = 200;

    @TempDir
    private Path folder;

    @Test
    void boundsEndpointsAndHeapHoweverManyPathsHostsAgentsAndUsersThereAre() throws Exception {
        Battery row = Battery.row(10, "cardinality", 100_000, 5_000_000);
        try (AskedProgram service = new AskedProgram(
                List.of("-Xmx128m"), Service.class, folder.resolve("data").toString())) {
            int port = Integer.parseInt(service.answer());
            send(port, 0, WARM_UP, row);
            String before = service.ask("?");
            send(port, WARM_UP, row.rounds(), row);
            String found = service.ask("?");
            assertThat(service.end()).isZero();
            Answer first = Answer.of(before);
            Answer last = Answer.of(found);
            assertThat(first.live).as(before).isEqualTo(WARM_UP);
            long total = (long) WARM_UP + row.rounds();
            assertThat(List.of(last.live, last.total, last.seen, last.stored, last.inRollups))
                    .as(found)
                    .containsOnly(total);
            assertThat(last.endpoints).as(found).isLessThanOrEqualTo(MOST_ENDPOINTS);
            assertThat(last.heap - first.heap).as("%s then %s", before, found).isLessThan(MOST_GROWTH);
            row.held(String.format(
                    "%d requests, each with a path, host, user agent and user of its own, through Tomcat at -Xmx128m:"
                            + " %d endpoints, heap %.1f MiB before and %.1f MiB after, %d seen, %d stored, %d in rollups",
                    total,
                    last.endpoints,
                    first.heap / 1048576.0,
                    last.heap / 1048576.0,
                    last.seen,
                    last.stored,
                    last.inRollups));
        }
    }

    /** What the service says of itself, in numbers. */
    private record Answer(long live, long total, long seen, long stored, long inRollups, long endpoints, long heap) {

        static Answer of(String line) {
            String[] parts = line.split(" ", -1);
            return new Answer(
                    Long.parseLong(parts[0]),
                    Long.parseLong(parts[1]),
                    Long.parseLong(parts[2]),
                    Long.parseLong(parts[3]),
                    Long.parseLong(parts[4]),
                    Long.parseLong(parts[5]),
                    Long.parseLong(parts[6]));
        }
    }

    /** Requests {@code from} to {@code from + count}, pipelined on one connection; every answer is read. */
    private static void send(int port, int from, int count, Battery row) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(60_000);
            OutputStream out = socket.getOutputStream();
            InputStream in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
            StringBuilder batch = new StringBuilder();
            for (int done = 0; done < count; ) {
                int size = Math.min(PIPELINE, count - done);
                batch.setLength(0);
                for (int i = 0; i < size; i++) {
                    request(batch, from + done + i);
                }
                out.write(batch.toString().getBytes(StandardCharsets.US_ASCII));
                out.flush();
                for (int i = 0; i < size; i++) {
                    readAnswer(in);
                }
                done += size;
                row.progress(done);
            }
        }
    }

    /** Each with a path, host, agent and user that no other has; every second path is one of 1,000 routes with an id. */
    private static void request(StringBuilder batch, int number) {
        boolean warm = number >= WARM_UP;
        String method = !warm ? "GET" : number % 16 == 0 ? "M" + word(number) : number % 3 == 0 ? "POST" : "GET";
        batch.append(method).append(" /");
        if (!warm) {
            batch.append("known/").append(number);
        } else if (number % 2 == 0) {
            batch.append(word(number)).append('/').append(word(number + 7));
        } else {
            batch.append("known-").append(word(number % 1_000)).append('/').append(number);
        }
        batch.append(" HTTP/1.1\r\nHost: ").append(word(number)).append(".example\r\nUser-Agent: agent/");
        batch.append(number).append("\r\nX-User: ").append(number).append("\r\n\r\n");
    }

    /** A number as a word that no normalizer takes for an id. */
    private static String word(int number) {
        StringBuilder word = new StringBuilder("w");
        for (int rest = number; rest > 0; rest /= 20) {
            word.append((char) ('g' + rest % 20));
        }
        return word.toString();
    }

    /** One answer of the service below: a head with a content length of 2, and the body. */
    private static void readAnswer(InputStream in) throws IOException {
        int matched = 0;
        while (matched < 4) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the service closed the connection");
            }
            matched = next == "\r\n\r\n".charAt(matched) ? matched + 1 : next == '\r' ? 1 : 0;
        }
        in.skipNBytes(2);
    }

    /** The service: answers every path with 200, so that every path might become an endpoint. */
    static final class Service {

        private static final int LONGEST_USER = 65_536;

        private Service() {}

        public static void main(String[] arguments) throws Exception {
            Millisight millisight = Millisight.start(MillisightConfig.builder()
                    .dataDirectory(Path.of(arguments[0]))
                    .requestLogLimit(1) // on, so that paths are kept, and not longer than a line a second
                    .build());
            try (HostedTomcat tomcat = HostedTomcat.start(context -> register(context, millisight))) {
                System.out.println(tomcat.port());
                BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
                while (questions.readLine() != null) {
                    System.out.println(figures(millisight));
                }
            }
            millisight.close();
        }

        private static void register(ServletContext context, Millisight millisight) {
            MillisightFilter filter = new MillisightFilter(millisight, RouteResolver.servletMapping(), Service::user);
            FilterRegistration.Dynamic registration = context.addFilter(MillisightFilter.NAME, filter);
            registration.addMappingForUrlPatterns(MillisightFilter.dispatcherTypes(), false, "/*");
            context.addListener(filter.requestListener());
            context.addServlet("everything", new HttpServlet() {
                        @Override
                        protected void service(HttpServletRequest request, HttpServletResponse response)
                                throws IOException {
                            response.setContentLength(2);
                            response.getOutputStream().print("ok");
                        }
                    })
                    .addMapping("/*");
        }

        /** Each user is another; one of 64 has an id of up to 64 KiB, as a token might be. */
        private static String user(HttpServletRequest request) {
            String number = request.getHeader("X-User");
            int user = Integer.parseInt(number);
            return user % 64 == 0 ? number + "x".repeat(user % LONGEST_USER) : number;
        }

        private static String figures(Millisight millisight) {
            millisight.flush();
            LiveSummary live = millisight.summary();
            Ledger ledger = millisight.ledger();
            PerformanceReport report =
                    millisight.report(new TimeRange(0, millisight.time().epochMicros() + TimeRange.MINUTE));
            long byEndpoint = report.endpoints().stream()
                    .mapToLong(endpoint -> endpoint.rollup().requests())
                    .sum();
            RollupSnapshot total = report.total();
            return live.totalRequests() + " " + total.requests() + " " + ledger.seen() + " " + ledger.stored() + " "
                    + byEndpoint + " " + report.endpoints().size() + " " + Heap.inUse();
        }
    }
}
