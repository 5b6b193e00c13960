package io.millisight.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The parameters of one request: all of them known to the route, each given once, each valid. */
final class Parameters {

    private final Map<Parameter<?>, Object> values = new HashMap<>();
    private final Map<Parameter<?>, String> texts = new HashMap<>();

    /**
     * Reads a query for a route.
     *
     * @throws ProblemException 400, naming the parameter
     */
    Parameters(List<Parameter<?>> known, @Nullable String query) {
        QueryString.parse(query).forEach((name, text) -> {
            Parameter<?> parameter = known.stream()
                    .filter(candidate -> candidate.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> unknown(name, text, known));
            values.put(parameter, parameter.parse(text));
            texts.put(parameter, text);
        });
    }

    /** The value given, or null. */
    @SuppressWarnings("unchecked") // a value was put by the parameter that is its key
    <T> @Nullable T get(Parameter<T> parameter) {
        return (T) values.get(parameter);
    }

    <T> T get(Parameter<T> parameter, T otherwise) {
        T value = get(parameter);
        return value == null ? otherwise : value;
    }

    /** A value that is valid by itself and not beside the others. */
    ProblemException refused(Parameter<?> parameter, String allowed) {
        String text = texts.getOrDefault(parameter, "");
        return new Parameter<>(parameter.name(), allowed, parameter.reader())
                .refused(text.isEmpty() ? "(default)" : text)
                .asException();
    }

    private static ProblemException unknown(String name, String text, List<Parameter<?>> known) {
        List<String> names = known.stream().map(Parameter::name).collect(Collectors.toList());
        String meant = Similar.to(name, names)
                .map(near -> " Did you mean '" + near + "'?")
                .orElse("");
        return Problem.of(400, "unknown-parameter", "Unknown parameter")
                .detail("This route has no such parameter." + meant)
                .parameter(name, text)
                .allowed(names.isEmpty() ? "none" : String.join(", ", names))
                .asException();
    }
}
