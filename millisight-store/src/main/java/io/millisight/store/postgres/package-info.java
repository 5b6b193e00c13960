/** The store in a PostgreSQL schema that many instances share: requests as rows, rollup packs, health, journal cursors. */
@NullMarked
package io.millisight.store.postgres;

import org.jspecify.annotations.NullMarked;
