/** Answers from memory: counts since start, a sliding window of slices, the slow requests, the request log. */
@NullMarked
package io.millisight.live;

import org.jspecify.annotations.NullMarked;
