package io.millisight.http;

import io.avaje.json.mapper.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A request made by hand, and what was answered. Comes from this machine unless told otherwise. */
final class RecordingExchange implements Exchange {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final String method;
    private final String path;
    private final @Nullable String query;
    private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final Map<String, String> responseHeaders = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private OutputStream body = bytes;
    private @Nullable String remoteAddress = "127.0.0.1";
    private int status;
    private boolean bodyTaken;

    private RecordingExchange(String method, String target) {
        int mark = target.indexOf('?');
        this.method = method;
        this.path = mark < 0 ? target : target.substring(0, mark);
        this.query = mark < 0 ? null : target.substring(mark + 1);
        header("Host", "localhost:8080");
    }

    static RecordingExchange of(String method, String target) {
        return new RecordingExchange(method, target);
    }

    static RecordingExchange get(String target) {
        return of("GET", target);
    }

    RecordingExchange from(@Nullable String address) {
        remoteAddress = address;
        return this;
    }

    /** Adds a header; Host is replaced. */
    RecordingExchange header(String name, String value) {
        if (name.equals("Host")) {
            headers.remove(name);
        }
        headers.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
        return this;
    }

    RecordingExchange without(String name) {
        headers.remove(name);
        return this;
    }

    /** Sends the body elsewhere. */
    RecordingExchange into(OutputStream out) {
        body = out;
        return this;
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public @Nullable String query() {
        return query;
    }

    @Override
    public Collection<String> headerNames() {
        return headers.keySet();
    }

    @Override
    public List<String> headers(String name) {
        return headers.getOrDefault(name, List.of());
    }

    @Override
    public @Nullable String remoteAddress() {
        return remoteAddress;
    }

    @Override
    public void status(int status) {
        if (this.status != 0) {
            throw new IllegalStateException("status set twice: " + this.status + ", " + status);
        }
        this.status = status;
    }

    @Override
    public void responseHeader(String name, String value) {
        if (bodyTaken) {
            throw new IllegalStateException("header behind the body: " + name);
        }
        responseHeaders.put(name, value);
    }

    @Override
    public OutputStream body() throws IOException {
        if (status == 0 || bodyTaken) {
            throw new IllegalStateException("body before the status, or twice");
        }
        bodyTaken = true;
        return body;
    }

    int status() {
        return status;
    }

    @Nullable String responseHeader(String name) {
        return responseHeaders.get(name);
    }

    Map<String, String> responseHeaders() {
        return responseHeaders;
    }

    String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    Map<String, Object> json() {
        return parsed(text());
    }

    static Map<String, Object> parsed(String json) {
        return object(numbersAlike(JSON.fromJsonObject(json)));
    }

    /** Each line's JSON object. */
    List<Map<String, Object>> jsonLines() {
        return text().lines()
                .map(line -> object(numbersAlike(JSON.fromJsonObject(line))))
                .toList();
    }

    /** The reader makes 45.00 a Long and 45.20 a Double: a test should not have to know. */
    private static @Nullable Object numbersAlike(@Nullable Object json) {
        if (json instanceof Number number) {
            return number.doubleValue();
        }
        if (json instanceof List<?> list) {
            return list.stream().map(RecordingExchange::numbersAlike).toList();
        }
        if (json instanceof Map<?, ?> map) {
            Map<Object, @Nullable Object> copy = new LinkedHashMap<>();
            map.forEach((key, value) -> copy.put(key, numbersAlike(value)));
            return copy;
        }
        return json;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(@Nullable Object json) {
        return (Map<String, Object>) Objects.requireNonNull(json);
    }

    @SuppressWarnings("unchecked")
    static List<Map<String, Object>> objects(@Nullable Object json) {
        return (List<Map<String, Object>>) Objects.requireNonNull(json);
    }
}
