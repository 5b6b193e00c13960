package io.millisight.battery;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;

/** The application in the WAR of {@link RedeployTest}: one path for each way in which a request can go. */
public final class RedeployedShop extends HttpServlet {

    /** Says that a failure, in the container's log, was wanted. */
    static final String DELIBERATE = "deliberate";

    /** More than any socket buffer takes: a client that leaves is noticed. */
    private static final int ENDLESS_CHUNKS = 1_024;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        switch (request.getServletPath()) {
            case "/orders" -> response.getWriter().print("order " + request.getPathInfo());
            case "/fail" -> throw new ServletException(DELIBERATE);
            case "/forbidden" -> response.sendError(HttpServletResponse.SC_FORBIDDEN);
            case "/redirect" -> response.sendRedirect("orders/1");
            case "/forward" -> request.getRequestDispatcher("/orders/2").forward(request, response);
            case "/async" -> completeOnAnotherThread(request);
            case "/stream" -> stream(response);
            case "/upload" -> takeSlowly(request, response);
            case "/endless" -> neverEnd(response);
            default -> response.sendError(HttpServletResponse.SC_NOT_FOUND);
        }
    }

    private static void completeOnAnotherThread(HttpServletRequest request) {
        AsyncContext async = request.startAsync();
        async.start(() -> {
            try {
                async.getResponse().getWriter().print("later");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            } finally {
                async.complete();
            }
        });
    }

    private static void stream(HttpServletResponse response) throws IOException {
        response.setContentType("text/event-stream");
        for (int event = 0; event < 3; event++) {
            response.getOutputStream().print("data: " + event + "\n\n");
            response.flushBuffer();
        }
    }

    /** Answers the first byte at once, and the second when it comes. */
    private static void takeSlowly(HttpServletRequest request, HttpServletResponse response) throws IOException {
        OutputStream out = response.getOutputStream();
        for (int next = request.getInputStream().read();
                next >= 0;
                next = request.getInputStream().read()) {
            out.write(next);
            out.flush();
        }
    }

    private static void neverEnd(HttpServletResponse response) throws IOException {
        byte[] chunk = new byte[1 << 16];
        for (int i = 0; i < ENDLESS_CHUNKS; i++) {
            response.getOutputStream().write(chunk);
        }
    }
}
