/** Watches closed slices for latency spikes against a learned baseline. */
@NullMarked
package io.millisight.alert;

import org.jspecify.annotations.NullMarked;
