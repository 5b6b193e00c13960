/** The columnar codec of stored requests. A leaf: imports nothing of Millisight. */
@NullMarked
package io.millisight.block;

import org.jspecify.annotations.NullMarked;
