package io.millisight.http;

import io.millisight.live.SlowRequest;
import io.millisight.observe.Outcome;
import io.millisight.store.StoredRequest;
import java.util.Locale;

/** The fields of a slow request, alike wherever one is shown. */
final class SlowRequestJson {

    private SlowRequestJson() {}

    static void write(Json json, SlowRequest request) {
        json.endpoint(request.endpoint());
        json.millis("duration_ms", request.durationNanos());
        json.instant("timestamp", request.completedAtMicros());
        json.text("path", request.path());
        json.number("status", request.status());
        json.text("outcome", outcome(request.outcome()));
        json.text("user_id", request.userId());
    }

    /** One that is stored, of whichever instance: its path was not kept. */
    static void write(Json json, StoredRequest request) {
        json.endpoint(request.endpoint());
        json.millis("duration_ms", request.durationNanos());
        json.instant("timestamp", request.completedAtMicros());
        json.text("path", null);
        json.number("status", request.status());
        json.text("outcome", outcome(request.outcome()));
        json.text("user_id", request.userId());
        json.text("service", request.service());
        json.text("instance", request.instance());
    }

    static String outcome(Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }
}
