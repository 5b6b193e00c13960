/** One table of routes behind one access gate, for any server. */
@NullMarked
package io.millisight.http;

import org.jspecify.annotations.NullMarked;
