package io.millisight.battery;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** Sends a request as bytes and takes what comes back as bytes, until the server closes: no client library in between. */
final class Wire {

    private static final int PATIENCE_MILLIS = 10_000;

    /** Behind what came of an answer that the server does not end. */
    private static final String NO_END = "\n(the server leaves the connection open)";

    private Wire() {}

    /** Every byte that the server sent; a reset counts as its end. */
    static byte[] answer(int port, byte[] request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MILLIS);
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            try {
                socket.getOutputStream().write(request);
                byte[] part = new byte[65_536];
                for (int read = socket.getInputStream().read(part);
                        read >= 0;
                        read = socket.getInputStream().read(part)) {
                    answer.write(part, 0, read);
                }
            } catch (SocketException reset) {
                // A server that refuses what it has not read whole resets the connection.
            } catch (SocketTimeoutException endless) {
                answer.writeBytes(bytes(NO_END));
            }
            return answer.toByteArray();
        }
    }

    /** Text as the bytes of its characters, each below 256. */
    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** The answer without these header lines. */
    static String without(byte[] answer, List<String> headers) {
        String text = text(answer);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            return text;
        }
        StringBuilder kept = new StringBuilder();
        for (String line : text.substring(0, end).split("\r\n", -1)) {
            String lower = line.toLowerCase(Locale.ROOT);
            if (headers.stream().noneMatch(header -> lower.startsWith(header + ":"))) {
                kept.append(line).append("\r\n");
            }
        }
        return kept + text.substring(end + 2);
    }

    /** 0 when the server closed without a status line. */
    static int status(byte[] answer) {
        String text = text(answer);
        return text.startsWith("HTTP/1.1 ") && text.length() >= 12 ? Integer.parseInt(text.substring(9, 12)) : 0;
    }

    static String head(byte[] answer) {
        String text = text(answer);
        int end = text.indexOf("\r\n\r\n");
        return end < 0 ? text : text.substring(0, end + 2);
    }

    /** The body, its chunks put together. */
    static byte[] body(byte[] answer) {
        String text = text(answer);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            return new byte[0];
        }
        String body = text.substring(end + 4);
        if (!head(answer).toLowerCase(Locale.ROOT).contains("\r\ntransfer-encoding: chunked\r\n")) {
            return bytes(body);
        }
        StringBuilder whole = new StringBuilder();
        int at = 0;
        while (at < body.length()) {
            int line = body.indexOf("\r\n", at);
            int size = Integer.parseInt(body.substring(at, line), 16);
            if (size == 0) {
                break;
            }
            whole.append(body, line + 2, line + 2 + size);
            at = line + 2 + size + 2;
        }
        return bytes(whole.toString());
    }
}
