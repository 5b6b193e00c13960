/** WebFlux: one observation of every request, and our routes. In reading order: ObservedHandler, PendingObservation, TimedResponse. */
@NullMarked
package io.millisight.spring.reactive;

import org.jspecify.annotations.NullMarked;
