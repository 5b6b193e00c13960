package io.millisight.servlet;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.runtime.ObjectMethods;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the JDK remembers of records. To make {@code equals}, {@code hashCode} and {@code toString} of a record class, it
 * adapts method handles of its own, and in Java 17 each of them holds the types that it was last adapted to: the record,
 * and with it the class loader of a web application that has ended. Newer versions hold them softly.
 */
final class RecordMethods {

    private static final Logger LOG = LoggerFactory.getLogger("millisight");

    private RecordMethods() {}

    /** Adapts those handles to a class of the JDK. What was made for a record before works as ever. */
    static void letGoOfOurs() {
        try {
            MethodHandle component = MethodHandles.identity(String.class);
            for (String method : List.of("equals", "hashCode", "toString")) {
                Object made = ObjectMethods.bootstrap(
                        MethodHandles.lookup(), method, MethodHandle.class, String.class, "text", component);
                LOG.trace("{} made as {}", method, made);
            }
        } catch (Throwable unlikeJava17) {
            LOG.debug("the JDK may keep the application's classes until the next record is used", unlikeJava17);
        }
    }
}
