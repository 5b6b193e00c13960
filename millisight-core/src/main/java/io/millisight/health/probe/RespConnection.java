package io.millisight.health.probe;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a Redis server that speaks as much of RESP2 as AUTH, PING and INFO need: status lines, errors and bulk
 * strings. Not thread-safe.
 *
 * <p>A command goes out as an array of bulk strings: {@code *1\r\n$4\r\nPING\r\n}. The reply's first byte says what it is:
 * {@code +} a status line, {@code -} an error line, {@code $} a length, that many bytes and {@code \r\n}. Anything else is
 * not for these commands, and is refused: at most {@value #MAX_LINE} bytes are read for a line and {@value #MAX_BULK} for a
 * bulk string, and memory is taken as bytes arrive, not as they are announced.
 *
 * <p>Messages of exceptions quote what the other side has said, so they are to be made fit to be shown.
 *
 * <p>Source: redis.io, Redis serialization protocol specification.
 */
final class RespConnection implements AutoCloseable {

    static final int MAX_LINE = 4096;
    static final int MAX_BULK = 1 << 20;

    /**
     * An answer.
     *
     * @param error whether the server refuses
     * @param text without the byte that says what it is; of an error it begins with a word in capitals
     */
    record Reply(boolean error, String text) {

        boolean refusedWith(String word) {
            return error && text.startsWith(word);
        }
    }

    private final DeadlineSocket socket;
    private final InputStream in;
    private final OutputStream out;

    private RespConnection(DeadlineSocket socket, Socket talk) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(talk.getInputStream());
        this.out = talk.getOutputStream();
    }

    static RespConnection open(String host, int port, boolean secure, @Nullable SSLContext context, Deadline deadline)
            throws IOException {
        DeadlineSocket socket = DeadlineSocket.connect(host, port, deadline);
        try {
            return new RespConnection(socket, secure ? socket.secured(context, host, port) : socket);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Sends a command and reads its answer.
     *
     * @throws ProtocolException when the answer is not one to this command
     */
    Reply ask(String... command) throws IOException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(ascii("*" + command.length + "\r\n"));
        for (String word : command) {
            byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
            request.writeBytes(ascii("$" + bytes.length + "\r\n"));
            request.writeBytes(bytes);
            request.writeBytes(ascii("\r\n"));
        }
        out.write(request.toByteArray());
        out.flush();
        return reply();
    }

    private Reply reply() throws IOException {
        String line = line();
        if (line.isEmpty()) {
            throw new ProtocolException("it does not speak the protocol of Redis: an empty line");
        }
        String rest = line.substring(1);
        return switch (line.charAt(0)) {
            case '+' -> new Reply(false, rest);
            case '-' -> new Reply(true, rest);
            case '$' -> new Reply(false, bulk(rest));
            default -> throw new ProtocolException("it does not speak the protocol of Redis: it says '" + line + "'");
        };
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException(
                        line.size() == 0
                                ? "it closes the connection without an answer"
                                : "it closes the connection in the middle of an answer");
            }
            if (line.size() == MAX_LINE) {
                throw new ProtocolException("it sends a line of more than " + MAX_LINE + " bytes");
            }
            line.write(next);
        }
        String text = line.toString(StandardCharsets.UTF_8);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    private String bulk(String announced) throws IOException {
        int length;
        try {
            length = Integer.parseInt(announced);
        } catch (NumberFormatException e) {
            throw new ProtocolException("it announces an answer of '" + announced + "' bytes");
        }
        if (length < 0 || length > MAX_BULK) {
            throw new ProtocolException("it announces an answer of " + length + " bytes");
        }
        ByteArrayOutputStream bulk = new ByteArrayOutputStream();
        byte[] part = new byte[8192];
        while (bulk.size() < length) {
            int read = in.read(part, 0, Math.min(part.length, length - bulk.size()));
            if (read < 0) {
                throw new EOFException("it closes the connection in the middle of an answer");
            }
            bulk.write(part, 0, read);
        }
        if (!line().isEmpty()) {
            throw new ProtocolException("it sends more than it had announced");
        }
        return bulk.toString(StandardCharsets.UTF_8);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
