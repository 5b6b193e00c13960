/** Health in Spring Boot: what is checked by itself, and how it goes to and from Actuator; knows no class of Actuator's. */
@NullMarked
package io.millisight.spring.health;

import org.jspecify.annotations.NullMarked;
