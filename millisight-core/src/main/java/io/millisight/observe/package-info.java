/** A finished request becomes an {@link io.millisight.observe.Observation}: endpoint, status, outcome, instant, duration, user id. */
@NullMarked
package io.millisight.observe;

import org.jspecify.annotations.NullMarked;
