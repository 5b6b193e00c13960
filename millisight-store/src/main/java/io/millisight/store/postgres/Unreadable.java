package io.millisight.store.postgres;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Packs whose bytes are damaged: each is logged once, left out of answers and left out of merging. Thread-safe. */
final class Unreadable {

    private static final Logger log = LoggerFactory.getLogger("millisight");
    private static final int MOST_LOGGED = 100;

    private final Set<Long> logged = ConcurrentHashMap.newKeySet();

    /** Logs one that was met, if it is new. */
    void met(long rollupId, RuntimeException damage) {
        if (logged.size() < MOST_LOGGED && logged.add(rollupId)) {
            log.warn("rollup {} is damaged and left out of reports: {}", rollupId, damage.getMessage());
        }
    }
}
