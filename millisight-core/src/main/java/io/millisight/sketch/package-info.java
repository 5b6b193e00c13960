/** Mergeable base-2 exponential histograms with a stated error bound. A leaf: imports nothing of Millisight. */
@NullMarked
package io.millisight.sketch;

import org.jspecify.annotations.NullMarked;
