package io.millisight.http;

import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An error as RFC 9457 has it: {@code application/problem+json}. Built step by step; each step is a new value.
 *
 * @param status the HTTP status
 * @param type what kind of problem, for programs: {@code urn:millisight:problem:...}
 * @param title the kind in words
 * @param members {@code detail}, {@code parameter}, {@code value}, {@code allowed}, {@code instance}, as far as known
 * @param headers response headers that belong to it
 */
record Problem(int status, String type, String title, Map<String, String> members, Map<String, String> headers) {

    /** Characters of a refused value that are repeated to the caller. */
    private static final int MAX_VALUE = 100;

    static Problem of(int status, String type, String title) {
        return new Problem(status, "urn:millisight:problem:" + type, title, Map.of(), Map.of());
    }

    /** What is wrong and what to do, in words. */
    Problem detail(String detail) {
        return member("detail", detail);
    }

    /** Which parameter is at fault, and its value. */
    Problem parameter(String name, String value) {
        return member("parameter", cut(name)).member("value", cut(value));
    }

    /** What would have been right. */
    Problem allowed(String allowed) {
        return member("allowed", allowed);
    }

    /** The path that was asked for. */
    Problem instance(String path) {
        return member("instance", path);
    }

    Problem header(String name, String value) {
        return new Problem(status, type, title, members, with(headers, name, value));
    }

    ProblemException asException() {
        return new ProblemException(this);
    }

    void writeTo(OutputStream out) throws IOException {
        Json.write(
                out,
                json -> json.object(() -> {
                    json.text("type", type);
                    json.text("title", title);
                    json.number("status", status);
                    members.forEach(json::text);
                }));
    }

    private Problem member(String name, String value) {
        return new Problem(status, type, title, with(members, name, value), headers);
    }

    private static String cut(String value) {
        return value.length() <= MAX_VALUE ? value : value.substring(0, MAX_VALUE) + "...";
    }

    private static Map<String, String> with(Map<String, String> map, String key, String value) {
        Map<String, String> copy = new LinkedHashMap<>(map);
        copy.put(key, value);
        return copy;
    }
}
