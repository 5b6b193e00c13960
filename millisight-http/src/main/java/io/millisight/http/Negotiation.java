package io.millisight.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Picks what to send by the request's Accept headers, as RFC 9110 section 12.5.1 has it. */
final class Negotiation {

    private static final Pattern WEIGHT = Pattern.compile("0(\\.[0-9]*)?|1(\\.0*)?|\\.[0-9]+");

    private record Range(MediaType type, double weight) {}

    private Negotiation() {}

    /**
     * The offer that the client wants most; of equals the one offered first.
     *
     * @param offers what there is, best first; not empty
     * @param accept values of the Accept headers; none means anything
     * @throws ProblemException 406 when nothing offered is acceptable
     */
    static MediaType choose(List<MediaType> offers, List<String> accept) {
        String header = String.join(",", accept);
        if (header.isBlank()) {
            return offers.get(0);
        }
        List<Range> ranges = parse(header);
        MediaType best = offers.get(0);
        double bestWeight = 0;
        for (MediaType offer : offers) {
            double weight = weightOf(offer, ranges);
            if (weight > bestWeight) {
                best = offer;
                bestWeight = weight;
            }
        }
        if (bestWeight == 0) {
            String offered = offers.stream().map(MediaType::name).collect(Collectors.joining(", "));
            throw Problem.of(406, "not-acceptable", "Not acceptable")
                    .detail("The Accept header allows nothing that this route offers: " + offered + ".")
                    .allowed(offered)
                    .asException();
        }
        return best;
    }

    /** What cannot be understood is passed over, as everywhere in HTTP. */
    private static List<Range> parse(String header) {
        List<Range> ranges = new ArrayList<>();
        for (String part : header.split(",", -1)) {
            MediaType type = MediaType.parse(part);
            if (type == null) {
                continue;
            }
            Map<String, String> parameters = new LinkedHashMap<>(type.parameters());
            String weight = parameters.remove("q");
            if (weight == null) {
                weight = "1";
            }
            if (WEIGHT.matcher(weight).matches()) {
                ranges.add(
                        new Range(new MediaType(type.type(), type.subtype(), parameters), Double.parseDouble(weight)));
            }
        }
        return ranges;
    }

    private static double weightOf(MediaType offer, List<Range> ranges) {
        double weight = 0;
        int specificity = -1;
        for (Range range : ranges) {
            if (range.type.covers(offer) && range.type.specificity() > specificity) {
                specificity = range.type.specificity();
                weight = range.weight;
            }
        }
        return weight;
    }
}
