package io.millisight.store;

import org.jspecify.annotations.Nullable;

/**
 * Whose figures: of every instance of every service, of one service, or of one instance.
 *
 * @param service of this service alone, or null for all
 * @param instance of the instances of this name alone, or null for all
 */
public record Scope(@Nullable String service, @Nullable String instance) {

    /** All instances of all services. */
    public static final Scope ALL = new Scope(null, null);

    /** All instances of one service. */
    public static Scope ofService(String service) {
        return new Scope(service, null);
    }

    /** One instance of one service. */
    public static Scope ofInstance(String service, String instance) {
        return new Scope(service, instance);
    }

    /** Whether this instance of this service is meant. */
    public boolean matches(String service, String instance) {
        return (this.service == null || this.service.equals(service))
                && (this.instance == null || this.instance.equals(instance));
    }
}
