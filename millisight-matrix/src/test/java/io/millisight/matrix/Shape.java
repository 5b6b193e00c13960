package io.millisight.matrix;

import io.millisight.observe.Outcome;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * One way to ask and to be answered: what is sent, and what must be seen on the wire and in the store. Where a container does
 * otherwise by itself, a limit says how and why. Immutable: each step makes a new one.
 */
final class Shape {

    enum Trait {
        /** The container ends the connection with the answer, or the client does. */
        CLOSES,
        /** The client has its answer before the container ends the request. */
        ANSWERS_EARLY,
        /** Takes long: many at once. */
        SLOW,
        /** Recorded as a stream, with the time to its first byte. */
        STREAM,
        /** Without the header: only ever a limit. */
        UNTIMED,
        /** The client may see the end of its HTTP/2 stream in place of the answer: only ever a limit. */
        MAY_BE_RESET,
    }

    /** How much of the answer the client takes. */
    enum Drive {
        WHOLE,
        AFTER_CONTINUE,
        HANDSHAKE,
        LEAVES_BEFORE,
        LEAVES_DURING,
        LEAVES_AFTER,
    }

    private record Limit(Predicate<String> cells, String why, UnaryOperator<Shape> differs) {}

    private final String name;
    private final String method;
    private final String path;
    private List<String> headers = List.of();
    private byte[] body = {};
    private Drive drive = Drive.WHOLE;
    private Set<Trait> traits = EnumSet.noneOf(Trait.class);
    private int status = 200;
    private int recordedStatus = 200;
    private Outcome outcome = Outcome.COMPLETED;
    private String endpoint;
    private List<Limit> limits = List.of();
    private Predicate<String> containers = any -> true;
    private String limit = "";

    private Shape(String name, String method, String path) {
        this.name = name;
        this.method = method;
        this.path = path;
        this.endpoint = method + " " + path;
    }

    static Shape get(String name, String path) {
        return of(name, "GET", path);
    }

    static Shape of(String name, String method, String path) {
        return new Shape(name, method, path);
    }

    private Shape but(Consumer<Shape> change) {
        Shape copy = new Shape(name, method, path);
        copy.headers = headers;
        copy.body = body;
        copy.drive = drive;
        copy.traits = EnumSet.copyOf(traits);
        copy.status = status;
        copy.recordedStatus = recordedStatus;
        copy.outcome = outcome;
        copy.endpoint = endpoint;
        copy.limits = limits;
        copy.containers = containers;
        copy.limit = limit;
        change.accept(copy);
        return copy;
    }

    Shape sending(String... lines) {
        return but(shape -> shape.headers = List.of(lines));
    }

    Shape sending(byte[] content) {
        return but(shape -> shape.body = content);
    }

    Shape by(Drive way) {
        return but(shape -> shape.drive = way);
    }

    Shape with(Trait... more) {
        return but(shape -> shape.traits.addAll(List.of(more)));
    }

    /** On the wire and in the store. */
    Shape answers(int code) {
        return but(shape -> {
            shape.status = code;
            shape.recordedStatus = code;
        });
    }

    Shape recorded(int code) {
        return but(shape -> shape.recordedStatus = code);
    }

    Shape ends(Outcome as) {
        return but(shape -> shape.outcome = as);
    }

    Shape at(String where) {
        return but(shape -> shape.endpoint = where);
    }

    Shape only(Predicate<String> where) {
        return but(shape -> shape.containers = where);
    }

    /** In these containers it differs, for a reason that the table gives. */
    Shape limit(Predicate<String> where, String why, UnaryOperator<Shape> differs) {
        return but(shape -> {
            shape.limits = new ArrayList<>(limits);
            shape.limits.add(new Limit(where, why, differs));
        });
    }

    /** As this container is known to show it. */
    Shape in(String container) {
        Shape seen = this;
        for (Limit known : limits) {
            if (known.cells().test(container)) {
                seen = known.differs().apply(seen).but(shape -> shape.limit = join(shape.limit, known.why()));
            }
        }
        return seen;
    }

    private static String join(String first, String second) {
        return first.isEmpty() ? second : first + "; " + second;
    }

    boolean isIn(String container) {
        return containers.test(container);
    }

    boolean has(Trait trait) {
        return traits.contains(trait);
    }

    String name() {
        return name;
    }

    String method() {
        return method;
    }

    String path() {
        return path;
    }

    List<String> headers() {
        return headers;
    }

    byte[] body() {
        return body;
    }

    Drive drive() {
        return drive;
    }

    int status() {
        return status;
    }

    int recordedStatus() {
        return recordedStatus;
    }

    Outcome outcome() {
        return outcome;
    }

    String endpoint() {
        return endpoint;
    }

    /** Why this is not as elsewhere; empty when it is. */
    String limit() {
        return limit;
    }

    @Override
    public String toString() {
        return name;
    }
}
