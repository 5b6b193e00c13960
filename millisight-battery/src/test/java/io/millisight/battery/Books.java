package io.millisight.battery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a service has stored: the ids of the single requests, and how many there are by endpoint and minute, as requests and
 * in the rollups.
 *
 * @param doubled how many ids came more than once
 */
record Books(BitSet ids, int doubled, Map<String, Long> requests, Map<String, Long> rollups) {

    static Books of(String lines) {
        BitSet ids = new BitSet();
        int[] doubled = new int[1];
        Map<String, Long> requests = new TreeMap<>();
        Map<String, Long> rollups = new TreeMap<>();
        lines.lines().forEach(line -> {
            String[] words = line.split(" ", -1);
            String bucket = words[1] + " " + words[2];
            int number = Integer.parseInt(words[3]);
            if (words[0].equals("rollup")) {
                rollups.merge(bucket, (long) number, Long::sum);
                return;
            }
            requests.merge(bucket, 1L, Long::sum);
            if (ids.get(number)) {
                doubled[0]++;
            }
            ids.set(number);
        });
        return new Books(ids, doubled[0], requests, rollups);
    }

    long requestsInRollups() {
        return rollups.values().stream().mapToLong(Long::longValue).sum();
    }

    /** E3: by endpoint and minute, the rollups count the stored requests and those given up, of which there are so many. */
    void assertRollupsCountEveryRequest(long givenUp) {
        assertThat(doubled).as("ids stored twice").isZero();
        if (givenUp == 0) {
            assertThat(rollups).isEqualTo(requests);
        } else {
            requests.forEach((bucket, stored) ->
                    assertThat(rollups.getOrDefault(bucket, 0L)).as(bucket).isGreaterThanOrEqualTo(stored));
            assertThat(requestsInRollups()).isEqualTo(ids.cardinality() + givenUp);
        }
    }
}
