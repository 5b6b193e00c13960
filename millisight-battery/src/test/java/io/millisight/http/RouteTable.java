package io.millisight.http;

import io.millisight.Millisight;
import java.util.List;

/** The table of routes as the gate's battery sees it: whatever is added to it is probed. */
public final class RouteTable {

    private RouteTable() {}

    /**
     * One line of the table.
     *
     * @param path below the base path
     * @param forStrangers whether it is meant for them too
     */
    public record Line(String method, String path, boolean forStrangers) {}

    /** Every line of it. */
    public static List<Line> of(Millisight millisight) {
        return new MillisightHttp(millisight, HttpConfig.defaults())
                .routes().stream()
                        .map(route -> new Line(route.method(), route.path(), mayStrangersRead(route)))
                        .toList();
    }

    /** Whether a route has an answer for strangers: the status alone. */
    private static boolean mayStrangersRead(Route route) {
        return route.forStrangers() != null;
    }
}
