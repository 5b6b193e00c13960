/** What a check can ask, built in: a database, Redis, a URL, the disk, the JVM. */
@NullMarked
package io.millisight.health.probe;

import org.jspecify.annotations.NullMarked;
