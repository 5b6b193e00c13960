package io.millisight.servlet;

/** Tells the filter when a request ends, where a container can do so for less than by {@link MillisightFilter#requestListener()}. */
public interface RequestEndsTeller {

    /** Whether a container has it in place: it does not call it otherwise. */
    boolean isInPlace();
}
