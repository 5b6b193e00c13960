package io.millisight.servlet;

import jakarta.servlet.ServletContext;
import java.util.function.Consumer;

/** A real container on a free port, with one web application at the root. */
interface TestServer {

    /** The application's pages of its own for errors: the path of each status, and of any exception. */
    String ERROR_PAGE = "/error-page";

    int port();

    void stop() throws Exception;

    /** Starts a kind of container. */
    interface Kind {
        TestServer start(Consumer<ServletContext> application) throws Exception;

        /** With {@link #ERROR_PAGE} for every exception and for status 404 and 409. */
        TestServer startWithErrorPage(Consumer<ServletContext> application) throws Exception;
    }
}
