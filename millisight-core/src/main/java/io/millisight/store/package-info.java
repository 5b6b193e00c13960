/** The {@link io.millisight.store.Store} SPI, the feed that batches for it, and the store in memory. */
@NullMarked
package io.millisight.store;

import org.jspecify.annotations.NullMarked;
