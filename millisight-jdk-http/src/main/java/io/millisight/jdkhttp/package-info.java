/**
 * The JDK's own server, {@code com.sun.net.httpserver}: {@link io.millisight.jdkhttp.MillisightHttpServerFilter} turns every
 * request into one observation, and serves the routes of {@code millisight-http}.
 */
@NullMarked
package io.millisight.jdkhttp;

import org.jspecify.annotations.NullMarked;
