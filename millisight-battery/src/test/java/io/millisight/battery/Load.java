package io.millisight.battery;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Requests to {@link Service} from several connections at once, as fast as it answers, until it dies or the load is ended.
 * Every request has an id of its own, and a {@link Oracle.Witness} that logs what became of it. A connection sends a few
 * requests in one go and then reads as many answers: so two processors shared with the service carry thousands a second.
 */
final class Load implements AutoCloseable {

    static final int CONNECTIONS = 4;
    static final int AT_ONCE = 8;

    /** The most requests that can be on their way when the service dies. */
    static final int IN_FLIGHT = CONNECTIONS * AT_ONCE;

    private static final String LONG_ID = "-" + "x".repeat(100);

    private final List<Thread> threads = new ArrayList<>();
    private final LongAdder answered = new LongAdder();
    private volatile boolean ended;

    /**
     * Begins.
     *
     * @param name begins every id, and has not been used with this oracle
     */
    Load(Oracle oracle, String name, int port) {
        for (int connection = 0; connection < CONNECTIONS; connection++) {
            String prefix = name + "." + connection + ".";
            Oracle.Witness witness = oracle.witness();
            Thread thread = new Thread(() -> run(witness, prefix, port), "load-" + connection);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /** One request of each kind, that nobody watches. */
    static void once(int port) throws IOException {
        try (Connection connection = new Connection(port)) {
            for (int number = 0; number < 16; number++) {
                connection.send(Kind.of(number), "once");
                connection.flush();
                connection.readAnswer();
            }
        }
    }

    private void run(Oracle.Witness witness, String prefix, int port) {
        try (witness;
                Connection connection = new Connection(port)) {
            for (long number = 0; !ended; number += AT_ONCE) {
                for (int i = 0; i < AT_ONCE; i++) {
                    Kind kind = Kind.of(number + i);
                    String id = id(prefix, number + i);
                    witness.sent(id, kind.endpoint);
                    connection.send(kind, id);
                }
                connection.flush();
                for (int i = 0; i < AT_ONCE; i++) {
                    connection.readAnswer();
                    String id = id(prefix, number + i);
                    if (Kind.of(number + i) == Kind.CLOSED) {
                        witness.answeredEarly(id);
                    } else {
                        witness.answered(id);
                    }
                    answered.increment();
                }
            }
        } catch (IOException killed) {
            // What the load is for.
        }
    }

    /** Some take more than one slot of the journal. */
    private static String id(String prefix, long number) {
        return number % 8 == 3 ? prefix + number + LONG_ID : prefix + number;
    }

    /** How many answers have come. */
    long answered() {
        return answered.sum();
    }

    /** Sends no more, and waits until the witnesses have written everything down. */
    @Override
    public void close() {
        ended = true;
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the witnesses may not have written everything down", e);
        }
    }

    /** Kinds of requests, by how the service answers them. */
    private enum Kind {
        READ("GET /orders/4711", "GET /orders/{id}"),
        WRITE("POST /orders/9", "POST /orders/{id}"),
        REFUSED("GET /refused", "GET /refused"),
        LATER("GET /later", "GET /later"),
        LARGE("GET /large", "GET /large"),
        CLOSED("GET /closed", "GET /closed");

        final String endpoint;
        private final String head;

        Kind(String line, String endpoint) {
            this.endpoint = endpoint;
            String length = line.startsWith("POST") ? "Content-Length: 0\r\n" : "";
            head = line + " HTTP/1.1\r\nHost: localhost\r\n" + length + Service.ID + ": ";
        }

        static Kind of(long number) {
            return switch ((int) (number % 16)) {
                case 1, 9 -> WRITE;
                case 4 -> REFUSED;
                case 7 -> LATER;
                case 12 -> LARGE;
                case 14 -> CLOSED;
                default -> READ;
            };
        }
    }

    /** One keep-alive connection, and as much of HTTP as Tomcat answers with. One thread. */
    static final class Connection implements AutoCloseable {

        private static final byte[] END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

        private final Socket socket = new Socket();
        private final InputStream in;
        private final OutputStream out;
        private final byte[] toSend = new byte[8_192];
        private int sending;
        private final byte[] received = new byte[1 << 16];
        private int from;
        private int to;

        Connection(int port) throws IOException {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(60_000);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            in = socket.getInputStream();
            out = socket.getOutputStream();
        }

        private void send(Kind kind, String id) {
            put(kind.head + id + "\r\n\r\n");
        }

        private void put(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(bytes, 0, toSend, sending, bytes.length);
            sending += bytes.length;
        }

        void flush() throws IOException {
            out.write(toSend, 0, sending);
            sending = 0;
        }

        /** Sends a GET with nothing special, and returns the whole answer, head and body. */
        String get(String path) throws IOException {
            put("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            flush();
            return readAnswer();
        }

        /** Reads one answer to its end; returns head and body, which must fit the buffer. */
        String readAnswer() throws IOException {
            if (from > 0) {
                System.arraycopy(received, from, received, 0, to - from);
                to -= from;
                from = 0;
            }
            int body = find(END, 0) + END.length;
            String head = new String(received, 0, body, StandardCharsets.US_ASCII);
            int end = head.contains("Content-Length: ") ? body + contentLength(head) : endOfChunks(body);
            while (to < end) {
                receive();
            }
            from = end;
            return new String(received, 0, end, StandardCharsets.UTF_8);
        }

        private static int contentLength(String head) {
            int begin = head.indexOf("Content-Length: ") + "Content-Length: ".length();
            return Integer.parseInt(head.substring(begin, head.indexOf('\r', begin)));
        }

        private int endOfChunks(int body) throws IOException {
            byte[] lineEnd = {'\r', '\n'};
            int at = body;
            while (true) {
                int line = find(lineEnd, at);
                int size = Integer.parseInt(new String(received, at, line - at, StandardCharsets.US_ASCII), 16);
                at = line + size + 2 * lineEnd.length;
                if (size == 0) {
                    return at;
                }
            }
        }

        private int find(byte[] wanted, int begin) throws IOException {
            for (int at = begin; ; at++) {
                while (at + wanted.length > to) {
                    receive();
                }
                int same = 0;
                while (same < wanted.length && received[at + same] == wanted[same]) {
                    same++;
                }
                if (same == wanted.length) {
                    return at;
                }
            }
        }

        private void receive() throws IOException {
            int count = in.read(received, to, received.length - to);
            if (count < 0) {
                throw new EOFException();
            }
            to += count;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
