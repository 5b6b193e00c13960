/** One table of routes behind one access gate, for any server: see {@link io.millisight.http.MillisightHttp}. */
@NullMarked
package io.millisight.http;

import org.jspecify.annotations.NullMarked;
