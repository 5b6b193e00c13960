package io.millisight.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.Millisight;
import io.millisight.MillisightConfig;
import io.millisight.http.HttpConfig;
import io.millisight.http.MillisightHttp;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The live feed, over the wire, in a container. */
abstract class LiveStreams {

    private static final Pattern ID = Pattern.compile("\"id\":\"([0-9a-z]+-[0-9]+)\",\"full\":(true|false)");

    @TempDir
    private Path folder;

    private Millisight millisight;
    private MillisightHttp http;
    private TestServer server;

    abstract TestServer.Kind kind();

    @BeforeEach
    void start() throws Exception {
        millisight = Millisight.start(MillisightConfig.builder()
                .dataDirectory(folder)
                .store("memory")
                .requestLogLimit(0)
                .build());
        http = new MillisightHttp(millisight, HttpConfig.defaults());
        server = kind().start(this::register);
    }

    private void register(ServletContext context) {
        MillisightFilter filter = new MillisightFilter(millisight);
        var registration = context.addFilter(MillisightFilter.NAME, filter);
        registration.setAsyncSupported(true);
        registration.addMappingForUrlPatterns(MillisightFilter.dispatcherTypes(), false, "/*");
        context.addListener(filter.requestListener());
        ServletRegistration.Dynamic servlet = context.addServlet("routes", new MillisightServlet(http));
        servlet.setAsyncSupported(true);
        servlet.addMapping(http.paths().toArray(String[]::new));
    }

    @AfterEach
    void stop() throws Exception {
        http.close();
        server.stop();
        millisight.close();
    }

    @Test
    void sendsAFrameASecondAsEvents() throws Exception {
        try (EventReader reader = new EventReader("/metrics/stream", "")) {
            assertThat(reader.head()).startsWith("HTTP/1.1 200").contains("text/event-stream", "X-Response-Time");
            String first = reader.event();
            String second = reader.event();
            assertThat(full(first)).isTrue();
            assertThat(full(second)).isFalse();
            assertThat(number(second)).isEqualTo(number(first) + 1);
        }
    }

    @Test
    void resumesEventsBehindTheLastOneThatTheBrowserHad() throws Exception {
        String last;
        try (EventReader reader = new EventReader("/metrics/stream", "")) {
            last = id(reader.event());
        }
        try (EventReader reader = new EventReader("/metrics/stream", "Last-Event-ID: " + last + "\r\n")) {
            String next = reader.event();
            assertThat(full(next)).isFalse();
            assertThat(number(next)).isEqualTo(Long.parseLong(last.substring(last.indexOf('-') + 1)) + 1);
        }
    }

    @Test
    void sendsTheSameFramesOverAWebSocket() throws Exception {
        Messages messages = new Messages();
        WebSocket socket = open(messages, "http://localhost:" + server.port());
        String first = messages.take();
        String second = messages.take();

        assertThat(full(first)).isTrue();
        assertThat(number(second)).isEqualTo(number(first) + 1);
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
        assertThat(messages.closed.poll(10, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void refusesAWebSocketOfAPageFromElsewhere() {
        assertThatThrownBy(() -> open(new Messages(), "http://elsewhere.example"))
                .hasRootCauseMessage("Unexpected HTTP response status code 403");
    }

    @Test
    void recordsAnEventStreamOnceAndAsAStream() throws Exception {
        try (EventReader reader = new EventReader("/metrics/stream", "")) {
            reader.event();
        }
        String last = "";
        while (!last.contains("\"endpoint\":\"GET /metrics/stream\"")) {
            try (EventReader reader = new EventReader("/metrics/stream", "")) {
                last = reader.event();
            }
        }
        assertThat(last).containsPattern("GET /metrics/stream\",\"requests\":[1-9]");
    }

    /** Hundreds of clients that read nothing: whoever reads has a frame a second all the same. */
    @Test
    void isNotHeldUpByClientsThatStall() throws Exception {
        List<Socket> stalled = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                Socket socket = new Socket();
                socket.setReceiveBufferSize(1_024);
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
                socket.getOutputStream().write(request("/metrics/stream", ""));
                stalled.add(socket);
            }
            try (EventReader reader = new EventReader("/metrics/stream", "")) {
                long first = number(reader.event());
                for (int frame = 1; frame <= 3; frame++) {
                    assertThat(number(reader.event())).isEqualTo(first + frame);
                }
            }
        } finally {
            for (Socket socket : stalled) {
                socket.close();
            }
        }
    }

    private WebSocket open(Messages messages, String origin) {
        return HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .header("Origin", origin)
                .buildAsync(URI.create("ws://localhost:" + server.port() + "/metrics/stream"), messages)
                .join();
    }

    private static byte[] request(String target, String headers) {
        return ("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n" + headers + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static String id(String frame) {
        return matched(frame).group(1);
    }

    private static boolean full(String frame) {
        return matched(frame).group(2).equals("true");
    }

    private static long number(String frame) {
        String id = id(frame);
        return Long.parseLong(id.substring(id.indexOf('-') + 1));
    }

    private static Matcher matched(String frame) {
        Matcher matcher = ID.matcher(frame);
        assertThat(matcher.find()).as(frame).isTrue();
        return matcher;
    }

    private final class EventReader implements AutoCloseable {

        private final Socket socket;
        private final BufferedReader lines;
        private final String head;

        EventReader(String target, String headers) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request(target, headers));
            lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            StringBuilder text = new StringBuilder();
            for (String line = lines.readLine(); line != null && !line.isEmpty(); line = lines.readLine()) {
                text.append(line).append('\n');
            }
            head = text.toString();
        }

        String head() {
            return head;
        }

        /** The data of the next event. */
        String event() throws IOException {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("data: ")) {
                    return line.substring(6);
                }
            }
            throw new IOException("the stream has ended");
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static final class Messages implements WebSocket.Listener {

        final BlockingQueue<String> received = new LinkedBlockingQueue<>();
        final BlockingQueue<Integer> closed = new LinkedBlockingQueue<>();
        private final ByteArrayOutputStream partial = new ByteArrayOutputStream();

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            byte[] part = new byte[data.remaining()];
            data.get(part);
            partial.writeBytes(part);
            if (last) {
                received.add(partial.toString(StandardCharsets.UTF_8));
                partial.reset();
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int statusCode, String reason) {
            closed.add(statusCode);
            return null;
        }

        String take() throws InterruptedException {
            String message = received.poll(20, TimeUnit.SECONDS);
            assertThat(message).isNotNull();
            return message;
        }
    }
}
