package io.millisight.http;

import io.millisight.store.Scope;

/** Whose figures a question is about: of this service, of another, of all; of all their instances, or of one. */
final class ScopeParameters {

    /** Stands for all services. */
    private static final String ALL = "*";

    static final Parameter<String> SERVICE = new Parameter<>(
            "service",
            "the name of a service, 1 to 100 characters, or * for all",
            text -> text.length() <= 100 ? text : null);

    static final Parameter<String> INSTANCE = new Parameter<>(
            "instance", "the name of an instance, 1 to 255 characters", text -> text.length() <= 255 ? text : null);

    private ScopeParameters() {}

    /** @param ownService whose figures are meant when nothing is said */
    static Scope scope(Parameters parameters, String ownService) {
        String service = parameters.get(SERVICE, ownService);
        return new Scope(service.equals(ALL) ? null : service, parameters.get(INSTANCE));
    }

    static void write(Json json, Scope scope) {
        json.text("service", scope.service() == null ? ALL : scope.service());
        json.text("instance", scope.instance());
    }
}
