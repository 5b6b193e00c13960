package io.millisight.block;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One filter over any number of blocks, with arrays that it reuses. Not thread-safe.
 *
 * <p>A block whose ranges or dictionaries hold no match is left at once. Otherwise each column that the filter limits
 * narrows the selection of rows, those of packed codes first; instants and durations are decoded only if a row is left.
 */
public final class RequestScan {

    private final RequestFilter filter;
    private final byte @Nullable [] wantedUser;
    private final RowSelection rows = new RowSelection();
    private long[] times = {};
    private long[] durations = {};

    public RequestScan(RequestFilter filter) {
        this.filter = filter;
        String user = filter.userId();
        wantedUser = user == null ? null : user.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Visits the matching requests of a block in their order.
     *
     * @return how many were visited
     * @throws BlockFormatException when the bytes are no undamaged block: nothing was visited then, unless a broken writer
     *     gave wrong bytes the right checksum
     */
    public int scan(byte[] bytes, RowVisitor visitor) {
        BlockReader block = new BlockReader(bytes);
        if (!filter.meetsTime(block.earliest(), block.latest()) || !block.meetsDurations(filter)) {
            return 0;
        }
        int[] endpoints = block.dictionary(BlockReader.ENDPOINTS, Integer.MAX_VALUE);
        int[] statuses = block.dictionary(BlockReader.STATUSES, BlockReader.MAX_STATUS_AND_OUTCOME);
        int[] users = block.userOffsets();
        PackedCodes endpointCodes = block.codes(BlockReader.ENDPOINTS, endpoints.length);
        PackedCodes statusCodes = block.codes(BlockReader.STATUSES, statuses.length);
        PackedCodes userCodes = block.codes(BlockReader.USERS, users.length);
        rows.reset(block.count());
        rows.keep(endpointCodes, takenEndpoints(endpoints));
        rows.keep(statusCodes, takenStatuses(statuses));
        rows.keep(userCodes, takenUsers(block, users));
        if (rows.isEmpty()) {
            return 0;
        }
        durations = block.durations(durations);
        if (filter.limitsDuration()) {
            rows.keep(durations, filter.minNanos(), filter.maxNanos());
        }
        if (rows.isEmpty()) {
            return 0;
        }
        times = block.times(times);
        if (filter.limitsTime(block.earliest(), block.latest())) {
            rows.keep(times, filter.fromMicros(), filter.lastMicros());
        }
        @Nullable String[] names = new String[users.length];
        for (int at = 0; at < rows.size(); at++) {
            int row = rows.row(at);
            int status = statuses[statusCodes.code(row)];
            int user = userCodes.code(row);
            if (user > 0 && names[user] == null) {
                names[user] = block.user(users[user]);
            }
            int endpoint = endpoints[endpointCodes.code(row)];
            visitor.row(row, times[row], durations[row], endpoint, status >>> 8, status & 0xff, names[user]);
        }
        return rows.size();
    }

    private boolean[] takenEndpoints(int[] endpoints) {
        boolean[] taken = new boolean[endpoints.length];
        for (int code = 0; code < taken.length; code++) {
            taken[code] = filter.takesEndpoint(endpoints[code]);
        }
        return taken;
    }

    private boolean[] takenStatuses(int[] statuses) {
        boolean[] taken = new boolean[statuses.length];
        for (int code = 0; code < taken.length; code++) {
            taken[code] = filter.takesStatus(statuses[code] >>> 8);
        }
        return taken;
    }

    private boolean[] takenUsers(BlockReader block, int[] users) {
        boolean[] taken = new boolean[users.length];
        if (wantedUser == null) {
            Arrays.fill(taken, true);
            return taken;
        }
        for (int code = 1; code < taken.length; code++) {
            taken[code] = block.isUser(users[code], wantedUser);
        }
        return taken;
    }
}
