/** Checks that run by themselves: what a check is, when it runs, and what is known of it. */
@NullMarked
package io.millisight.health;

import org.jspecify.annotations.NullMarked;
