/** The store in one SQLite file: request blocks, rollup packs and journal cursors. */
@NullMarked
package io.millisight.store.sqlite;

import org.jspecify.annotations.NullMarked;
