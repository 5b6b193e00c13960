package io.millisight.servlet;

import io.millisight.http.MillisightHttp;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Serves the routes of {@link MillisightHttp}. To be mapped to each of its paths, and to all below the first. */
public final class MillisightServlet extends HttpServlet {

    private final transient MillisightHttp http;

    public MillisightServlet(MillisightHttp http) {
        this.http = http;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!http.handle(new ServletExchange(request, response))) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
        }
    }
}
