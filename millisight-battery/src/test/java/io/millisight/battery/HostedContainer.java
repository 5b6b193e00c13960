package io.millisight.battery;

import jakarta.servlet.ServletContext;
import java.util.function.Consumer;

/** A real servlet container with one web application, and what can be seen of it from outside. */
interface HostedContainer {

    /** What is measured in each. */
    enum Kind {
        TOMCAT {
            @Override
            HostedContainer start(int threads, int sendBufferBytes, Consumer<ServletContext> application)
                    throws Exception {
                return HostedTomcat.start(threads, sendBufferBytes, application);
            }
        },
        JETTY {
            @Override
            HostedContainer start(int threads, int sendBufferBytes, Consumer<ServletContext> application)
                    throws Exception {
                return new HostedJetty(threads, sendBufferBytes, application);
            }
        };

        /**
         * Starts one, with WebSockets.
         *
         * @param threads how many requests are worked on at once
         * @param sendBufferBytes of a connection; 0 for the system's own
         */
        abstract HostedContainer start(int threads, int sendBufferBytes, Consumer<ServletContext> application)
                throws Exception;
    }

    int port();

    int connections();

    /** How many threads work on a request, or wait in one. */
    int busyThreads();

    void stop() throws Exception;
}
