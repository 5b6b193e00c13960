package io.millisight.matrix;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection that sends HTTP/1.1 as bytes, and reads the answers as bytes: no client library in between. */
final class Wire implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Wire.class);
    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;
    private final InputStream in;

    Wire(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** One after the other, each sent when the one before is answered. */
    List<Answer> keepAlive(Shape shape, List<String> numbers) throws IOException {
        List<Answer> answers = new ArrayList<>();
        for (String number : numbers) {
            long sent = System.nanoTime();
            send(head(shape, number), shape.body());
            answers.add(read(shape, number, sent));
        }
        return answers;
    }

    /** All sent at once. */
    List<Answer> pipelined(Shape shape, List<String> numbers) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (String number : numbers) {
            all.write(head(shape, number));
            all.write(shape.body());
        }
        long sent = System.nanoTime();
        send(all.toByteArray());
        List<Answer> answers = new ArrayList<>();
        for (String number : numbers) {
            answers.add(read(shape, number, sent));
        }
        return answers;
    }

    /** The body follows when the other side says that it wants it. */
    Answer afterContinue(Shape shape, String number) throws IOException {
        long sent = System.nanoTime();
        send(head(shape.sending("Expect: 100-continue"), number));
        List<String> interim = head();
        if (status(interim) != 100) {
            throw new IOException("instead of 100: " + interim);
        }
        send(shape.body());
        Answer answer = read(shape, number, sent);
        return new Answer(
                number,
                answer.status(),
                answer.timed() + timed(interim),
                sent,
                answer.firstByteNanos(),
                answer.endNanos());
    }

    /** No more than the head of the answer is read; what follows is of another protocol. */
    Answer handshake(Shape shape, String number) throws IOException {
        long sent = System.nanoTime();
        send(head(shape, number));
        List<String> head = head();
        long now = System.nanoTime();
        return new Answer(number, status(head), timed(head), sent, now, now);
    }

    /** Sends, and breaks the connection as soon as the handler is at work. */
    Answer leaveBefore(Shape shape, String number) throws IOException, InterruptedException {
        long sent = System.nanoTime();
        send(head(shape, number));
        Work work = Work.of(number);
        work.awaitEntered();
        reset();
        work.release();
        return new Answer(number, 0, 0, sent, 0, 0);
    }

    /** Breaks the connection when the answer has begun. */
    Answer leaveDuring(Shape shape, String number) throws IOException {
        long sent = System.nanoTime();
        send(head(shape, number));
        List<String> head = head();
        reset();
        Work.of(number).release();
        return new Answer(number, status(head), timed(head), sent, 0, 0);
    }

    /** Breaks the connection when the answer is whole. */
    Answer leaveAfter(Shape shape, String number) throws IOException {
        Answer answer = keepAlive(shape, List.of(number)).get(0);
        reset();
        return answer;
    }

    private void send(byte[]... parts) throws IOException {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            whole.write(part);
        }
        socket.getOutputStream().write(whole.toByteArray());
    }

    private static byte[] head(Shape shape, String number) {
        StringBuilder head = new StringBuilder();
        head.append(shape.method()).append(' ').append(shape.path()).append(" HTTP/1.1\r\nHost: localhost\r\n");
        head.append(Work.NUMBER).append(": ").append(number).append("\r\n");
        shape.headers().forEach(line -> head.append(line).append("\r\n"));
        if (shape.body().length > 0) {
            head.append("Content-Length: ").append(shape.body().length).append("\r\n");
        }
        return head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
    }

    private Answer read(Shape shape, String number, long sent) throws IOException {
        List<String> head = head();
        long first = System.nanoTime();
        int status = status(head);
        boolean empty = shape.method().equals("HEAD") || status == 204 || status == 304;
        String length = value(head, "content-length");
        if (empty) {
            // The head is all there is.
        } else if ("chunked".equals(value(head, "transfer-encoding"))) {
            readChunks();
        } else if (length != null) {
            skip(Integer.parseInt(length));
        } else {
            in.readAllBytes();
        }
        return new Answer(number, status, timed(head), sent, first, System.nanoTime());
    }

    /** An answer that breaks off is no whole answer, and some shapes are just that. */
    private void readChunks() throws IOException {
        try {
            int length;
            do {
                length = Integer.parseInt(line(), 16);
                skip(length);
                line();
            } while (length > 0);
        } catch (EOFException brokeOff) {
            LOG.debug("broke off", brokeOff);
        }
    }

    private void skip(int length) throws IOException {
        in.readNBytes(length);
    }

    private List<String> head() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            lines.add(line);
        }
        return lines;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the server closed after: " + line);
            }
            line.append((char) c);
        }
        return line.substring(0, line.length() - 1);
    }

    private static int status(List<String> head) {
        return Integer.parseInt(head.get(0).substring(9, 12));
    }

    private static int timed(List<String> head) {
        return (int) head.stream()
                .filter(line -> line.toLowerCase(Locale.ROOT).matches("x-response-time: \\d+\\.\\d\\dms"))
                .count();
    }

    private static String value(List<String> head, String name) {
        String start = name + ":";
        for (String line : head) {
            if (line.toLowerCase(Locale.ROOT).startsWith(start)) {
                return line.substring(start.length()).strip();
            }
        }
        return null;
    }

    /** The other side hears of it at once. */
    private void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
