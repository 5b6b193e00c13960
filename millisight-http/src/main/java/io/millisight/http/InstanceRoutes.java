package io.millisight.http;

import io.millisight.Millisight;
import io.millisight.fleet.LifeSign;
import io.millisight.store.InstanceRecord;
import io.millisight.store.Scope;
import java.util.List;

/** Which instances there are, and which of them are alive. */
final class InstanceRoutes {

    private final Millisight millisight;

    InstanceRoutes(Millisight millisight) {
        this.millisight = millisight;
    }

    List<Route> routes() {
        return List.of(new Route(
                "GET",
                "/metrics/instances",
                List.of(ScopeParameters.SERVICE, ScopeParameters.INSTANCE),
                List.of(MediaType.JSON),
                (parameters, type) -> instances(
                        ScopeParameters.scope(parameters, millisight.config().service()))));
    }

    private Answer instances(Scope scope) {
        List<InstanceRecord> instances = millisight.instances(scope);
        long now = millisight.time().epochMicros();
        return Answer.object(json -> {
            ScopeParameters.write(json, scope);
            json.instant("timestamp", now);
            json.decimal("alive_seconds", LifeSign.ALIVE_MICROS / 1e6, 0);
            json.objects("instances", instances, record -> instance(json, record, now));
        });
    }

    private static void instance(Json json, InstanceRecord record, long now) {
        json.text("service", record.service());
        json.text("instance", record.instance());
        json.flag("alive", LifeSign.isAlive(record, now));
        json.flag("ended", record.ended());
        json.text("version", record.version());
        json.instant("started_at", record.startedAtMicros());
        json.instant("last_seen", record.seenAtMicros());
        json.decimal("lag_seconds", Math.max(0, now - record.seenAtMicros()) / 1e6, 3);
        json.number("seen", record.seen());
        json.number("stored", record.stored());
        json.number("pending", record.pending());
        json.counts("dropped", record.dropped());
    }
}
