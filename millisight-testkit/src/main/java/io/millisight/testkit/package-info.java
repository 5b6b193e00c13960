/** For authors of stores and of tests: the conformance kit that every store passes, and a manual clock. */
@NullMarked
package io.millisight.testkit;

import org.jspecify.annotations.NullMarked;
