package io.millisight.store;

import io.millisight.block.RequestColumns;
import io.millisight.journal.JournalCursor;
import io.millisight.observe.Endpoint;
import io.millisight.rollup.RollupChange;
import java.util.List;

/**
 * What one transaction stores.
 *
 * @param service name of the service that was observed
 * @param instance name of this instance of it
 * @param journalId which journal the cursors belong to
 * @param from where the batch begins in the journal
 * @param to where it ends: the cursor to store
 * @param endpoints by endpoint id; ids in {@code requests} and {@code rollups} index this list
 * @param requests the single requests, in the order they came; fewer than the rollups count if some were given up
 * @param rollups changes per endpoint and minute, to be added to what is stored
 */
public record StoreBatch(
        String service,
        String instance,
        String journalId,
        JournalCursor from,
        JournalCursor to,
        List<Endpoint> endpoints,
        RequestColumns requests,
        List<RollupChange> rollups) {

    /**
     * Whether a store whose cursor stands here has this batch already. For store authors: the guard of {@link
     * Store#commit}.
     *
     * @throws StoreException when the cursor lies neither before nor behind the batch
     */
    public boolean isStoredAt(JournalCursor stored) {
        if (stored.isAtOrAfter(to)) {
            return true;
        }
        if (from.isAtOrAfter(stored)) {
            return false;
        }
        throw new StoreException("journal " + journalId + ": the store's cursor " + stored
                + " lies inside the batch from " + from + " to " + to + "; another process writes for this journal");
    }
}
