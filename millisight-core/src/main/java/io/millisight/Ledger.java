package io.millisight;

import java.util.Map;

/**
 * What became of every observation since start: {@code seen = stored + pending + sum(dropped)}.
 *
 * @param seen observations of completed requests
 * @param stored those kept as requests in the store
 * @param pending those still on their way there
 * @param dropped those not kept as requests, by reason; a reason that never happened is 0
 */
public record Ledger(long seen, long stored, long pending, Map<String, Long> dropped) {

    public Ledger {
        dropped = Map.copyOf(dropped);
    }
}
