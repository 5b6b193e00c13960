package io.millisight.spring.health;

import java.util.function.Consumer;

/** The application's health indicators. For each Boot a module of its own finds them, as Actuator's types moved. */
@FunctionalInterface
public interface ActuatorIndicators {

    /** Gives each to {@code taker}, composites taken apart. */
    void forEach(Consumer<ActuatorIndicator> taker);
}
