package io.millisight.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of stored requests, newest first.
 *
 * @param next where the next page begins, or null when this is the last
 */
public record RequestPage(
        List<StoredRequest> requests, @Nullable RequestKey next) {

    public RequestPage {
        requests = List.copyOf(requests);
    }
}
