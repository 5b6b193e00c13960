/** One consumer decodes the journal, once, into rollups: counters and a sketch per endpoint and window. */
@NullMarked
package io.millisight.rollup;

import org.jspecify.annotations.NullMarked;
