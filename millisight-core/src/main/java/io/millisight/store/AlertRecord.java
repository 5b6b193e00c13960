package io.millisight.store;

import io.millisight.observe.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * An alert as it is kept.
 *
 * @param service name of the service that it is about
 * @param instance name of the one instance that it is about, or null for the service as a whole
 * @param subject what it is about, the service included: alerts of one subject keep their distance, see {@link
 *     Store#addAlert}; at most {@link #MAX_SUBJECT} characters
 * @param raisedAtMicros when it was raised, in microseconds since 1970
 * @param raisedBy name of the instance that raised it
 * @param endpoint the endpoint that it is about, or null for all
 * @param details what explains it, as one JSON object
 */
public record AlertRecord(
        String service,
        @Nullable String instance,
        String subject,
        long raisedAtMicros,
        String raisedBy,
        @Nullable Endpoint endpoint,
        String details) {

    /** Room for a service, a method and a route. */
    public static final int MAX_SUBJECT = 1_000;

    public AlertRecord {
        if (subject.isEmpty() || subject.length() > MAX_SUBJECT) {
            throw new IllegalArgumentException(
                    "subject of " + subject.length() + " characters; allowed: 1 to " + MAX_SUBJECT);
        }
    }

    /** Whether an alert with this scope's name on it is meant: one about a whole service is of none of its instances. */
    public boolean isOf(Scope scope) {
        return (scope.service() == null || scope.service().equals(service))
                && (scope.instance() == null || scope.instance().equals(instance));
    }

    /** Whether the two are too near to one another for both to be raised: of one subject, within the cooldown. */
    public boolean isSilencedBy(AlertRecord other, long cooldownMicros) {
        return subject.equals(other.subject)
                && Math.abs(raisedAtMicros - other.raisedAtMicros) < Math.max(1, cooldownMicros);
    }

    /** Whether this is the other once more, by the same who raised it. */
    public boolean isRepeatOf(AlertRecord other) {
        return subject.equals(other.subject)
                && raisedAtMicros == other.raisedAtMicros
                && raisedBy.equals(other.raisedBy);
    }
}
