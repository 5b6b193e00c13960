package io.millisight.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a cost grows, as points and as a picture: both axes logarithmic, so that a cost in proportion is a straight line at a
 * slope of one, which is drawn beside it, dashed.
 *
 * @param name of its picture
 * @param cost what was measured, with its unit
 * @param against what it was measured against
 * @param points from the smallest to the largest
 */
public record Curve(String name, String cost, String against, List<Point> points) {

    /** One measurement. */
    public record Point(double x, double y) {}

    private static final int WIDTH = 640;
    private static final int HEIGHT = 360;
    private static final int LEFT = 76;
    private static final int RIGHT = 24;
    private static final int TOP = 40;
    private static final int BOTTOM = 56;

    /** Legible on white and on black. */
    private static final String INK = "#7d8590";

    private static final String LINE = "#2f81f7";

    public Curve {
        points = List.copyOf(points);
        if (points.size() < 2 || points.stream().anyMatch(point -> point.x() <= 0 || point.y() <= 0)) {
            throw new IllegalArgumentException(points + "; allowed: two points and more, above 0");
        }
    }

    /** From medians over rounds. */
    public static Curve of(String name, String cost, String against, Map<Integer, Rounds> rounds) {
        List<Point> points = new TreeMap<>(rounds)
                .entrySet().stream()
                        .map(at -> new Point(at.getKey(), at.getValue().median()))
                        .toList();
        return new Curve(name, cost, against, points);
    }

    /** Where it begins and ends, in a row. */
    void addTo(Table table) {
        Point first = points.get(0);
        Point last = points.get(points.size() - 1);
        table.row(
                cost,
                against,
                label(first.y()) + " at " + label(first.x()),
                label(last.y()) + " at " + label(last.x()),
                Table.ratio(last.y() / first.y()),
                Table.ratio(last.x() / first.x()));
    }

    /** The picture. */
    String svg() {
        Axis across = Axis.of(points.stream().map(Point::x).toList(), LEFT, WIDTH - RIGHT);
        Axis up = Axis.ofDecades(points.stream().map(Point::y).toList(), HEIGHT - BOTTOM, TOP);
        StringBuilder svg = new StringBuilder();
        add(
                svg,
                """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" role="img"
                 font-family="system-ui, sans-serif" font-size="13" fill="%3$s">
                <title>%4$s against %5$s</title>
                <clipPath id="plot"><rect x="%6$d" y="%7$d" width="%8$d" height="%9$d"/></clipPath>
                <text x="%6$d" y="22" font-size="15" font-weight="600">%4$s</text>
                <text x="%10$d" y="%11$d" text-anchor="middle">%5$s</text>
                """,
                WIDTH,
                HEIGHT,
                INK,
                cost,
                against,
                LEFT,
                TOP,
                WIDTH - LEFT - RIGHT,
                HEIGHT - TOP - BOTTOM,
                (LEFT + WIDTH - RIGHT) / 2,
                HEIGHT - 12);
        for (double tick = up.from(); tick <= up.to() * 1.001; tick *= 10) {
            add(svg, """
                    <line x1="%1$d" x2="%2$d" y1="%3$.1f" y2="%3$.1f" stroke="%4$s" stroke-opacity="0.35"/>
                    <text x="%5$d" y="%6$.1f" text-anchor="end">%7$s</text>
                    """, LEFT, WIDTH - RIGHT, up.at(tick), INK, LEFT - 8, up.at(tick) + 4, label(tick));
        }
        Point first = points.get(0);
        Point last = points.get(points.size() - 1);
        add(
                svg,
                """
                <line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s" stroke-dasharray="4 5" clip-path="url(#plot)"/>
                """,
                across.at(first.x()),
                up.at(first.y()),
                across.at(last.x()),
                up.at(first.y() * last.x() / first.x()),
                INK);
        StringBuilder line = new StringBuilder();
        for (Point point : points) {
            add(line, "%.1f,%.1f ", across.at(point.x()), up.at(point.y()));
        }
        add(
                svg,
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n",
                line.toString().strip(),
                LINE);
        for (Point point : points) {
            double x = across.at(point.x());
            double y = up.at(point.y());
            add(svg, """
                    <circle cx="%1$.1f" cy="%2$.1f" r="4" fill="%3$s"/>
                    <text x="%1$.1f" y="%4$.1f" text-anchor="middle" fill="%3$s">%5$s</text>
                    <text x="%1$.1f" y="%6$d" text-anchor="middle">%7$s</text>
                    """, x, y, LINE, y - 10, label(point.y()), HEIGHT - BOTTOM + 20, label(point.x()));
        }
        return svg.append("</svg>\n").toString();
    }

    private static void add(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values));
    }

    /** As in tables, but millions short, and whole numbers whole. */
    private static String label(double value) {
        if (value >= 1e6 && value % 1e6 == 0) {
            return Table.number(value / 1e6).replaceAll("\\.0+$", "") + " M";
        }
        return Table.number(value).replaceAll("\\.0+$", "");
    }

    /** A logarithmic axis: values from and to, and the places of both. */
    private record Axis(double from, double to, int fromPlace, int toPlace) {

        /** From the smallest value to the largest, with a little room at both ends. */
        static Axis of(List<Double> values, int fromPlace, int toPlace) {
            double room = (toPlace - fromPlace) * 0.05;
            return new Axis(least(values), most(values), (int) (fromPlace + room), (int) (toPlace - room));
        }

        /** Whole decades, around all values. */
        static Axis ofDecades(List<Double> values, int fromPlace, int toPlace) {
            double from = Math.pow(10, Math.floor(Math.log10(least(values))));
            double to = Math.pow(10, Math.floor(Math.log10(most(values))) + 1);
            return new Axis(from, to, fromPlace, toPlace);
        }

        private static double least(List<Double> values) {
            return values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
        }

        private static double most(List<Double> values) {
            return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
        }

        double at(double value) {
            return fromPlace + (toPlace - fromPlace) * Math.log(value / from) / Math.log(to / from);
        }
    }
}
