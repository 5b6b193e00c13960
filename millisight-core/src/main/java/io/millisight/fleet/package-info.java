/** What instances that share a store have to say to each other: signs of life, and alerts about all of them. */
@NullMarked
package io.millisight.fleet;

import org.jspecify.annotations.NullMarked;
