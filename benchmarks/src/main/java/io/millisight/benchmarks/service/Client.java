package io.millisight.benchmarks.service;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * One connection that asks for products, one after the other. As cheap as it can be, because it shares the machine's cores with
 * what it measures: an answer is whole when it ends as it must, and anything else than that answer is an error.
 */
final class Client implements AutoCloseable {

    private static final int PRODUCTS = 100;
    private static final byte[][] QUESTIONS = perProduct("GET /api/products/%1$d HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    private static final byte[][] ENDS = perProduct(
            "{\"id\":%1$d,\"name\":\"Product %1$d\",\"category\":\"books\",\"priceCents\":1%1$03d}\r\n0\r\n\r\n");
    private static final byte[] BEGIN = "HTTP/1.1 200 ".getBytes(StandardCharsets.US_ASCII);
    private static final int TIMEOUT_MILLIS = 10_000;

    private final Socket socket;
    private final OutputStream out;
    private final InputStream in;
    private final byte[] answer = new byte[8_192];

    Client(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        out = socket.getOutputStream();
        in = socket.getInputStream();
    }

    /** Asks for a product and waits for it. */
    void get(int number) throws IOException {
        int product = number % PRODUCTS;
        out.write(QUESTIONS[product]);
        byte[] end = ENDS[product];
        int length = 0;
        while (length < end.length || !Arrays.equals(answer, length - end.length, length, end, 0, end.length)) {
            int read = length == answer.length ? -1 : in.read(answer, length, answer.length - length);
            if (read < 0) {
                throw unexpected(length);
            }
            length += read;
        }
        if (!Arrays.equals(answer, 0, BEGIN.length, BEGIN, 0, BEGIN.length)) {
            throw unexpected(length);
        }
    }

    private IOException unexpected(int length) {
        return new IOException("an unexpected answer: " + new String(answer, 0, length, StandardCharsets.UTF_8));
    }

    private static byte[][] perProduct(String format) {
        return IntStream.range(0, PRODUCTS)
                .mapToObj(product -> String.format(format, product).getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
