/** Health to and from the Actuator of Spring Boot 4; what it means lies in {@code io.millisight.spring.health}. */
@NullMarked
package io.millisight.spring.boot4;

import org.jspecify.annotations.NullMarked;
