/** Spring Boot 3.5 and 4: settings and beans; what they do lies in {@code io.millisight.servlet} and {@code io.millisight.http}. */
@NullMarked
package io.millisight.spring;

import org.jspecify.annotations.NullMarked;
