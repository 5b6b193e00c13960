package io.millisight.spring.reactive;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One connection to a server on this machine, byte by byte. */
final class Wire implements AutoCloseable {

    /** @param cut whether the connection ended before the answer did */
    record Answer(int status, List<String> headers, String body, boolean cut) {

        List<String> header(String name) {
            return headers.stream()
                    .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .toList();
        }
    }

    private static final int PATIENCE_MILLIS = 60_000;

    private final Socket socket = new Socket();
    private final InputStream in;

    Wire(int port) throws IOException {
        this(port, 64 * 1024);
    }

    Wire(int port, int receiveBuffer) throws IOException {
        socket.setReceiveBufferSize(receiveBuffer);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        in = new BufferedInputStream(socket.getInputStream());
    }

    static String request(String method, String path, String... headers) {
        StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    Answer exchange(String method, String path, String... headers) throws IOException {
        send(request(method, path, headers));
        return answer(method.equals("HEAD"));
    }

    void send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    Answer answer(boolean headOnly) throws IOException {
        String statusLine = line();
        int status = Integer.parseInt(statusLine, 9, 12, 10);
        List<String> headers = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            headers.add(line);
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        boolean cut = false;
        Answer head = new Answer(status, headers, "", false);
        if (!headOnly && status >= 200 && status != 204 && status != 304) {
            try {
                if (head.header("transfer-encoding").contains("chunked")) {
                    chunks(body);
                } else if (head.header("content-length").isEmpty()) {
                    in.transferTo(body);
                } else {
                    exactly(Integer.parseInt(head.header("content-length").get(0)), body);
                }
            } catch (EOFException end) {
                cut = true;
            }
        }
        return new Answer(status, headers, body.toString(StandardCharsets.ISO_8859_1), cut);
    }

    private void chunks(ByteArrayOutputStream body) throws IOException {
        for (int size = chunkSize(); size > 0; size = chunkSize()) {
            exactly(size, body);
            line();
        }
        line();
    }

    private int chunkSize() throws IOException {
        return Integer.parseInt(line(), 16);
    }

    private void exactly(int length, ByteArrayOutputStream body) throws IOException {
        byte[] bytes = in.readNBytes(length);
        body.write(bytes);
        if (bytes.length < length) {
            throw new EOFException();
        }
    }

    int read(int length) throws IOException {
        return in.readNBytes(length).length;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException();
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
