/** The laned ring file between request threads and the one consumer: appending is all that a request ever pays for. */
@NullMarked
package io.millisight.journal;

import org.jspecify.annotations.NullMarked;
