package io.millisight.health.probe;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * What a server answers to one GET, read over one HTTP/1.1 connection that is closed afterwards.
 *
 * <p>Why neither of the JDK's clients: {@code java.net.http.HttpClient} has threads of its own, which end only after the
 * garbage collector has found the client (before Java 21 it cannot be closed) and until then hold the class loader of a
 * web application that was redeployed; and its timeout ends with the headers, so a body may drip for ever.
 * {@code HttpURLConnection} has no timeout but that of a single read, its {@code disconnect} waits behind a hanging read,
 * and it takes its proxy, cookies and passwords from the JVM. What a probe needs is small: a request, a status line,
 * headers, and the first part of a body, plain or chunked; over {@link DeadlineSocket}, so that it ends in time, by an
 * interrupt, and without a thread.
 *
 * <p>Messages of exceptions quote what the other side has said, so they are to be made fit to be shown.
 *
 * <p>Source: RFC 9112, HTTP/1.1.
 *
 * @param status the status code
 * @param location where to look instead; null without a redirect
 * @param body the first {@value #MAX_BODY} bytes, as UTF-8; empty if it was not asked for
 * @param certificate what the server has shown; null without TLS
 */
record HttpAnswer(
        int status,
        @Nullable String location,
        String body,
        @Nullable X509Certificate certificate) {

    /** Bytes of a body at most. */
    static final int MAX_BODY = 64 * 1024;

    /** Bytes of status line and headers at most. */
    static final int MAX_HEAD = 64 * 1024;

    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] (\\d{3})( .*)?");

    /**
     * Asks.
     *
     * @param url http or https, ASCII
     * @param headers to send beside or instead of our own
     * @throws ProtocolException when the answer is not HTTP
     */
    static HttpAnswer get(
            URI url, Map<String, String> headers, boolean withBody, @Nullable SSLContext context, Deadline deadline)
            throws IOException {
        boolean secure = "https".equalsIgnoreCase(url.getScheme());
        String host = url.getHost().startsWith("[")
                ? url.getHost().substring(1, url.getHost().length() - 1)
                : url.getHost();
        int port = port(url);
        try (DeadlineSocket socket = DeadlineSocket.connect(host, port, deadline)) {
            Socket talk = secure ? socket.secured(context, host, port) : socket;
            talk.getOutputStream().write(request(url, headers).getBytes(StandardCharsets.UTF_8));
            talk.getOutputStream().flush();
            X509Certificate certificate = talk instanceof SSLSocket tls
                            && tls.getSession().getPeerCertificates()[0] instanceof X509Certificate shown
                    ? shown
                    : null;
            return new Reader(new BufferedInputStream(talk.getInputStream())).answer(withBody, certificate);
        }
    }

    /** Where a URL without a port leads to. */
    static int port(URI url) {
        return url.getPort() >= 0 ? url.getPort() : "https".equalsIgnoreCase(url.getScheme()) ? 443 : 80;
    }

    private static String request(URI url, Map<String, String> headers) {
        String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        Map<String, String> all = new HashMap<>();
        all.put("host", url.getPort() < 0 ? url.getHost() : url.getHost() + ":" + url.getPort());
        all.put("user-agent", "millisight");
        all.put("accept", "*/*");
        headers.forEach((name, value) -> all.put(name.toLowerCase(Locale.ROOT), value));
        all.put("connection", "close");
        StringBuilder request = new StringBuilder("GET ").append(path);
        if (url.getRawQuery() != null) {
            request.append('?').append(url.getRawQuery());
        }
        request.append(" HTTP/1.1\r\n");
        all.forEach(
                (name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
        return request.append("\r\n").toString();
    }

    /** Reads an answer, and counts what its head may still take. */
    private static final class Reader {

        private final InputStream in;
        private int headLeft = MAX_HEAD;

        Reader(InputStream in) {
            this.in = in;
        }

        HttpAnswer answer(boolean withBody, @Nullable X509Certificate certificate) throws IOException {
            int status = status();
            Map<String, String> headers = headers();
            while (status < 200) {
                // An interim answer: the real one follows. However many there are, all share one limit.
                status = status();
                headers = headers();
            }
            boolean hasBody = withBody && status != 204 && status != 304;
            return new HttpAnswer(status, headers.get("location"), hasBody ? body(headers) : "", certificate);
        }

        private int status() throws IOException {
            String line = line();
            Matcher parts = STATUS_LINE.matcher(line);
            if (!parts.matches()) {
                throw new ProtocolException("it says '" + line + "'");
            }
            return Integer.parseInt(parts.group(1));
        }

        private Map<String, String> headers() throws IOException {
            Map<String, String> headers = new HashMap<>();
            for (String line = line(); !line.isEmpty(); line = line()) {
                int colon = line.indexOf(':');
                if (colon > 0) {
                    headers.put(
                            line.substring(0, colon).toLowerCase(Locale.ROOT),
                            line.substring(colon + 1).strip());
                }
            }
            return headers;
        }

        private String line() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int next = in.read(); next != '\n'; next = in.read()) {
                if (next < 0) {
                    throw new EOFException(
                            line.size() == 0
                                    ? "it closes the connection without an answer"
                                    : "it closes the connection in the middle of its answer");
                }
                if (--headLeft <= 0) {
                    throw new ProtocolException("it sends headers of more than " + MAX_HEAD + " bytes");
                }
                line.write(next);
            }
            String text = line.toString(StandardCharsets.ISO_8859_1);
            return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
        }

        private String body(Map<String, String> headers) throws IOException {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            String length = headers.get("content-length");
            if (headers.getOrDefault("transfer-encoding", "")
                    .toLowerCase(Locale.ROOT)
                    .endsWith("chunked")) {
                chunks(body);
            } else if (length != null) {
                part(body, number(length, 10), true);
            } else {
                part(body, MAX_BODY, false);
            }
            return body.toString(StandardCharsets.UTF_8);
        }

        private void chunks(ByteArrayOutputStream body) throws IOException {
            while (body.size() < MAX_BODY) {
                headLeft = MAX_HEAD;
                String size = line();
                int extension = size.indexOf(';');
                long length = number(extension < 0 ? size : size.substring(0, extension), 16);
                if (length == 0) {
                    return;
                }
                part(body, length, true);
                if (body.size() < MAX_BODY && !line().isEmpty()) {
                    throw new ProtocolException("it sends a chunk that is longer than announced");
                }
            }
        }

        /** So many bytes, or as many as are of interest. */
        private void part(ByteArrayOutputStream body, long length, boolean announced) throws IOException {
            byte[] bytes = new byte[8192];
            long left = Math.min(length, MAX_BODY - body.size());
            while (left > 0) {
                int read = in.read(bytes, 0, (int) Math.min(bytes.length, left));
                if (read < 0 && announced) {
                    throw new EOFException("it closes the connection in the middle of its answer");
                }
                if (read < 0) {
                    return;
                }
                body.write(bytes, 0, read);
                left -= read;
            }
        }

        private static long number(String text, int radix) throws ProtocolException {
            try {
                long number = Long.parseLong(text.strip(), radix);
                if (number >= 0) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // As for a negative one.
            }
            throw new ProtocolException("it announces a body of '" + text + "' bytes");
        }
    }
}
