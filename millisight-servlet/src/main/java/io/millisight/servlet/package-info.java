/**
 * The Jakarta Servlet side: {@link io.millisight.servlet.MillisightFilter} turns every request into one observation, and
 * {@link io.millisight.servlet.MillisightServlet} serves the routes of {@code millisight-http}.
 */
@NullMarked
package io.millisight.servlet;

import org.jspecify.annotations.NullMarked;
