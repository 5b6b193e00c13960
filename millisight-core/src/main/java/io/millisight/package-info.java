/**
 * Wiring only: {@link io.millisight.Millisight} starts the one-way flow and {@link io.millisight.MillisightConfig} holds
 * its settings.
 */
@NullMarked
package io.millisight;

import org.jspecify.annotations.NullMarked;
