package io.millisight.matrix;

import io.millisight.Millisight;
import io.millisight.servlet.MillisightFilter;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** An application that answers in every shape of {@link Shapes}; tells {@link Work} when it is at work. */
final class ShapeApplication {

    static final String ERROR_PAGE = "/error-page";

    /** Longer than any container's buffer. */
    static final int LARGE = 100_000;

    /** Long enough for Jetty, which loses one that fires before it knows of it. */
    private static final int TIMEOUT_MILLIS = 200;

    private static final String ROUNDS = "rounds";

    private interface Handler {
        void handle(HttpServletRequest request, HttpServletResponse response, Work work)
                throws IOException, ServletException;
    }

    static class Failure extends RuntimeException {
        private static final long serialVersionUID = 1;

        Failure() {
            super("meant to fail", null, false, false);
        }
    }

    static final class FailureWithPage extends Failure {
        private static final long serialVersionUID = 1;
    }

    private ShapeApplication() {}

    static void register(ServletContext context, Supplier<Millisight> millisight) {
        answers(context);
        bodies(context);
        failures(context);
        asynchronous(context);
        streamsAndAborts(context);
        filter(context, "limiter", "/limited", new HttpFilter() {
            @Override
            protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                    throws IOException {
                Work work = Work.of(request);
                work.begin();
                response.setStatus(429);
                response.setHeader("Retry-After", "1");
                work.done();
                response.getWriter().print("slow down");
            }
        });
        filter(context, "cors", "/preflight", new HttpFilter() {
            @Override
            protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                    throws IOException {
                Work work = Work.of(request);
                work.begin();
                response.setStatus(403);
                work.done();
                response.getWriter().print("Invalid CORS request");
            }
        });
        filter(context, "twice", "/twice/*", new SecondFilter(millisight));
    }

    /** Ours once more, by mistake; made late, when ours is there. */
    private static final class SecondFilter implements Filter {

        private final Supplier<Millisight> millisight;
        private volatile MillisightFilter second;

        SecondFilter(Supplier<Millisight> millisight) {
            this.millisight = millisight;
        }

        @Override
        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            if (second == null) {
                second = new MillisightFilter(millisight.get());
            }
            second.doFilter(request, response, chain);
        }
    }

    private static void answers(ServletContext context) {
        serve(context, "/text", (request, response, work) -> response.getWriter()
                .print("text"));
        serve(context, "/bytes", (request, response, work) -> response.getOutputStream()
                .write(new byte[100]));
        serve(context, "/orders/*", (request, response, work) -> response.getWriter()
                .print("order"));
        serve(context, "/twice/text", (request, response, work) -> response.getWriter()
                .print("text"));
        serve(context, "/twice/async", (request, response, work) -> dispatchOnce(request, response));
        serve(context, "/no-content", (request, response, work) -> response.setStatus(204));
        serve(context, "/not-modified", (request, response, work) -> response.setStatus(304));
        serve(context, "/redirect", (request, response, work) -> response.sendRedirect("/text"));
        serve(context, "/moved", (request, response, work) -> {
            response.setStatus(301);
            response.setHeader("Location", "/text");
        });
        serve(context, "/forward", (request, response, work) -> request.getRequestDispatcher("/text")
                .forward(request, response));
        serve(context, "/include", (request, response, work) -> {
            response.getWriter().print("before ");
            request.getRequestDispatcher("/text").include(request, response);
        });
        serve(context, "/upload", (request, response, work) -> {
            byte[] body = request.getInputStream().readAllBytes();
            response.getWriter().print("read " + body.length);
        });
        serveOnlyGet(context, "/only-get");
        serve(context, "/preflight", (request, response, work) -> response.getWriter()
                .print("never"));
        serve(context, "/limited", (request, response, work) -> response.getWriter()
                .print("never"));
    }

    private static void bodies(ServletContext context) {
        serve(context, "/large", (request, response, work) -> {
            work.done();
            response.getOutputStream().write(new byte[LARGE]);
        });
        serve(context, "/large-text", (request, response, work) -> {
            String line = "0123456789".repeat(100);
            for (int at = line.length(); at < LARGE; at += line.length()) {
                response.getWriter().write(line);
            }
            work.done();
            response.getWriter().write(line);
        });
        serve(context, "/sized", (request, response, work) -> {
            response.setContentLength(5);
            work.done();
            response.getOutputStream().write("12345".getBytes(StandardCharsets.US_ASCII));
        });
        serve(context, "/sized-large", (request, response, work) -> {
            response.setContentLength(LARGE);
            work.done();
            response.getOutputStream().write(new byte[LARGE]);
        });
        serve(context, "/flushed-early", (request, response, work) -> {
            response.getWriter().print("first");
            response.flushBuffer();
            response.setHeader("X-Too-Late", "dropped");
            response.getWriter().print("second");
        });
        serve(context, "/flushed", (request, response, work) -> {
            response.getOutputStream().print("flushed");
            work.done();
            response.getOutputStream().flush();
        });
        serve(context, "/closed", (request, response, work) -> {
            response.getWriter().print("closed");
            work.done();
            response.getWriter().close();
        });
        serve(context, "/reset", (request, response, work) -> {
            response.getWriter().write("first");
            response.reset();
            response.getOutputStream().print("second");
        });
    }

    private static void failures(ServletContext context) {
        serve(context, "/missing", (request, response, work) -> response.sendError(404));
        serve(context, "/fails", (request, response, work) -> response.sendError(500, "meant to fail"));
        serve(context, "/conflict", (request, response, work) -> response.sendError(409));
        serve(context, "/throws", (request, response, work) -> {
            throw new Failure();
        });
        serve(context, "/throws-to-page", (request, response, work) -> {
            throw new FailureWithPage();
        });
        serve(context, "/twice/throws", (request, response, work) -> {
            throw new Failure();
        });
        serve(context, "/throws-late", (request, response, work) -> {
            response.getOutputStream().print("half");
            response.flushBuffer();
            throw new Failure();
        });
        serve(context, ERROR_PAGE, (request, response, work) -> {
            if (request.getAttribute("jakarta.servlet.error.exception") != null) {
                response.setStatus(503);
            }
            response.getWriter().print("the page for " + response.getStatus());
        });
    }

    private static void asynchronous(ServletContext context) {
        serveLater(context, "/async-complete", (request, response, work) -> {
            AsyncContext async = request.startAsync();
            async.start(() -> {
                print(async, "later");
                work.done();
                async.complete();
            });
        });
        serveLater(context, "/async-complete-at-once", (request, response, work) -> {
            AsyncContext async = request.startAsync();
            print(async, "at once");
            work.done();
            async.complete();
        });
        serve(context, "/async-dispatch", (request, response, work) -> dispatchOnce(request, response));
        serve(context, "/async-dispatch-thrice", (request, response, work) -> {
            int rounds = rounds(request);
            if (rounds == 3) {
                response.getWriter().print("after 3 rounds");
            } else {
                request.startAsync().dispatch();
            }
        });
        serveLater(context, "/async-restart", (request, response, work) -> {
            AsyncContext async = request.startAsync();
            if (rounds(request) == 0) {
                async.dispatch();
            } else {
                async.start(() -> {
                    print(async, "restarted");
                    work.done();
                    async.complete();
                });
            }
        });
        serveLater(context, "/async-timeout", (request, response, work) -> request.startAsync()
                .setTimeout(TIMEOUT_MILLIS));
        serveLater(context, "/async-timeout-answered", (request, response, work) -> {
            AsyncContext async = request.startAsync();
            async.setTimeout(TIMEOUT_MILLIS);
            async.addListener(new Answer504(work));
        });
        serve(context, "/async-throws", (request, response, work) -> {
            if (request.getDispatcherType() == DispatcherType.ASYNC) {
                throw new Failure();
            }
            request.startAsync().dispatch();
        });
        serve(context, "/async-error", (request, response, work) -> {
            if (request.getDispatcherType() == DispatcherType.ASYNC) {
                response.sendError(503);
            } else {
                request.startAsync().dispatch();
            }
        });
        serveLater(context, "/async-nonblocking", ShapeApplication::writeWithoutBlocking);
    }

    private static void streamsAndAborts(ServletContext context) {
        serve(context, "/events", (request, response, work) -> {
            response.setContentType("text/event-stream");
            response.getWriter().print("data: 1\n\n");
            work.done();
            response.flushBuffer();
            response.getWriter().print("data: 2\n\n");
        });
        serveLater(context, "/async-events", (request, response, work) -> {
            response.setContentType("text/event-stream");
            AsyncContext async = request.startAsync();
            async.start(() -> {
                print(async, "data: 1\n\n");
                work.done();
                flush(async);
                print(async, "data: 2\n\n");
                async.complete();
            });
        });
        serve(context, "/slow-small", (request, response, work) -> {
            work.awaitRelease();
            response.getWriter().print("small");
        });
        serve(context, "/slow-large", (request, response, work) -> {
            work.awaitRelease();
            writeUntilRefused(response);
        });
        serve(context, "/stops-midway", (request, response, work) -> {
            response.getOutputStream().write(new byte[LARGE]);
            response.flushBuffer();
            work.awaitRelease();
            writeUntilRefused(response);
        });
    }

    private static void writeUntilRefused(HttpServletResponse response) throws IOException {
        byte[] chunk = new byte[LARGE];
        for (int i = 0; i < 1_000; i++) {
            response.getOutputStream().write(chunk);
            response.getOutputStream().flush();
        }
    }

    private static int rounds(HttpServletRequest request) {
        int rounds = request.getAttribute(ROUNDS) instanceof Integer before ? before : 0;
        request.setAttribute(ROUNDS, rounds + 1);
        return rounds;
    }

    private static void dispatchOnce(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getDispatcherType() == DispatcherType.ASYNC) {
            response.getWriter().print("dispatched");
        } else {
            request.startAsync(request, response).dispatch();
        }
    }

    private static void print(AsyncContext async, String text) {
        try {
            async.getResponse().getWriter().print(text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void flush(AsyncContext async) {
        try {
            async.getResponse().flushBuffer();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private record Answer504(Work work) implements AsyncListener {

        @Override
        public void onTimeout(AsyncEvent event) throws IOException {
            HttpServletResponse response =
                    (HttpServletResponse) event.getAsyncContext().getResponse();
            response.setStatus(504);
            response.getWriter().print("too late");
            work.done();
            event.getAsyncContext().complete();
        }

        @Override
        public void onComplete(AsyncEvent event) {}

        @Override
        public void onError(AsyncEvent event) {}

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }

    private static void writeWithoutBlocking(HttpServletRequest request, HttpServletResponse response, Work work)
            throws IOException {
        AsyncContext async = request.startAsync();
        ServletOutputStream out = response.getOutputStream();
        out.setWriteListener(new WriteListener() {
            private int left = LARGE;

            @Override
            public void onWritePossible() throws IOException {
                while (out.isReady()) {
                    if (left == 0) {
                        work.done();
                        async.complete();
                        return;
                    }
                    int length = Math.min(10_000, left);
                    left -= length;
                    out.write(new byte[length]);
                }
            }

            @Override
            public void onError(Throwable thrown) {
                async.complete();
            }
        });
    }

    /** A handler that is done when it comes back for good. */
    private static void serve(ServletContext context, String pattern, Handler handler) {
        add(context, pattern, (request, response, work) -> {
            boolean async = false;
            try {
                handler.handle(request, response, work);
                async = request.isAsyncStarted() || isDispatching(request);
            } finally {
                if (!async) {
                    work.done();
                }
            }
        });
    }

    /** The first dispatch of an asynchronous shape has gone on already: what it says of itself depends on the container. */
    private static boolean isDispatching(HttpServletRequest request) {
        return request.getDispatcherType() == DispatcherType.REQUEST
                && request.getServletPath().contains("async");
    }

    /** A handler that says itself when it is done. */
    private static void serveLater(ServletContext context, String pattern, Handler handler) {
        add(context, pattern, handler);
    }

    private static void add(ServletContext context, String pattern, Handler handler) {
        add(context, pattern, new HttpServlet() {
            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response)
                    throws IOException, ServletException {
                Work work = Work.of(request);
                work.begin();
                handler.handle(request, response, work);
            }
        });
    }

    private static void serveOnlyGet(ServletContext context, String pattern) {
        add(context, pattern, new HttpServlet() {
            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                response.getWriter().print("got");
            }
        });
    }

    private static void add(ServletContext context, String pattern, HttpServlet servlet) {
        var registration = context.addServlet("at " + pattern, servlet);
        registration.addMapping(pattern);
        registration.setAsyncSupported(true);
    }

    private static void filter(ServletContext context, String name, String pattern, Filter filter) {
        FilterRegistration.Dynamic registration = context.addFilter(name, filter);
        registration.setAsyncSupported(true);
        registration.addMappingForUrlPatterns(MillisightFilter.dispatcherTypes(), true, pattern);
    }

    static ServerEndpointConfig socket() {
        return ServerEndpointConfig.Builder.create(Socket.class, "/socket").build();
    }

    static void registerSocket(ServletContext context) {
        ServerContainer sockets = (ServerContainer) context.getAttribute(ServerContainer.class.getName());
        try {
            sockets.addEndpoint(socket());
        } catch (DeploymentException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Hears, and says nothing. */
    public static final class Socket extends Endpoint {
        @Override
        public void onOpen(Session session, EndpointConfig config) {}
    }
}
