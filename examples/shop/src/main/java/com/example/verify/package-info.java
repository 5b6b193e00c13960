/** {@code ./demo --verify}: drives the shop from outside with known traffic, and holds its metrics against what was sent. */
@NullMarked
package com.example.verify;

import org.jspecify.annotations.NullMarked;
