/** Health to and from the Actuator of Spring Boot 3.5; what it means lies in {@code io.millisight.spring.health}. */
@NullMarked
package io.millisight.spring.boot3;

import org.jspecify.annotations.NullMarked;
