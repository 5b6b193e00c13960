/** A PostgreSQL server beside the shop, to be stopped and started: {@code ./demo --postgres}. */
@NullMarked
package com.example.database;

import org.jspecify.annotations.NullMarked;
