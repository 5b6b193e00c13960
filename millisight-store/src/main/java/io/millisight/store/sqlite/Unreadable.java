package io.millisight.store.sqlite;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blocks and packs whose bytes are damaged inside a sound database: each is logged once, left out of answers and left
 * out of merging. Thread-safe.
 */
final class Unreadable {

    private static final Logger LOG = LoggerFactory.getLogger("millisight");
    private static final int MOST_LOGGED = 100;

    private final Set<String> logged = ConcurrentHashMap.newKeySet();

    /** Logs one that was met, if it is new. */
    void met(String what, RuntimeException damage) {
        if (logged.size() < MOST_LOGGED && logged.add(what)) {
            LOG.warn("{} is damaged and left out of reports: {}", what, damage.getMessage());
        }
    }
}
