/** Answers over any range of time by merging rollups; never scans stored requests for percentiles. */
@NullMarked
package io.millisight.report;

import org.jspecify.annotations.NullMarked;
