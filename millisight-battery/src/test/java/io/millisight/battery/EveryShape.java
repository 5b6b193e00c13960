package io.millisight.battery;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * An application that answers in every way a servlet can, always with the same bytes. The monitored service and the one
 * beside it that is not monitored are both this.
 */
final class EveryShape {

    /** Below it every path is one that no request had before. */
    static final String FRESH = "/fresh/";

    /** Takes a second, for that is how often Tomcat looks. */
    static final String TIMEOUT = "/timeout";

    /** Interrupts the request's thread before the filters of {@link #register}'s caller, and tells in a header what is left of it. */
    static final String INTERRUPT = "X-Interrupt";

    private static final int LARGE = 100_000;

    private interface Handler {
        void handle(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException;
    }

    /** Answered from a buffer, by the thread that the request came on. */
    private static final Map<String, Handler> BUFFERED = new LinkedHashMap<>();

    private static final Map<String, Handler> OTHERS = new LinkedHashMap<>();

    static {
        BUFFERED.put("/ok", (request, response) -> response.getWriter().print("ok"));
        BUFFERED.put("/empty", (request, response) -> response.setStatus(204));
        BUFFERED.put(FRESH + "*", (request, response) -> response.getWriter().print("never seen before"));
        OTHERS.put("/headers", EveryShape::headers);
        BUFFERED.put("/every-way-to-write", EveryShape::everyWayToWrite);
        BUFFERED.put("/rewritten", (request, response) -> {
            response.getWriter().write("first");
            response.resetBuffer();
            response.getWriter().print("second");
        });
        BUFFERED.put("/reset", (request, response) -> {
            response.getWriter().write("first");
            response.reset();
            response.getOutputStream().print("second");
        });
        OTHERS.put("/redirect", (request, response) -> response.sendRedirect("/ok"));
        OTHERS.put("/redirect-301", (request, response) -> response.sendRedirect("/ok", 301));
        OTHERS.put("/redirect-with-body", (request, response) -> response.sendRedirect("/ok", false));
        OTHERS.put("/redirect-308-with-body", (request, response) -> response.sendRedirect("/ok", 308, false));
        OTHERS.put("/error", (request, response) -> response.sendError(409));
        OTHERS.put("/error-in-words", (request, response) -> response.sendError(404, "no such thing"));
        OTHERS.put("/forward", (request, response) -> request.getRequestDispatcher("/ok")
                .forward(request, response));
        OTHERS.put("/throws", (request, response) -> {
            throw new Failure();
        });
        OTHERS.put("/throws-late", (request, response) -> {
            response.getOutputStream().print("half");
            response.flushBuffer();
            throw new Failure();
        });
        OTHERS.put("/large", (request, response) -> response.getOutputStream().write(new byte[LARGE]));
        OTHERS.put("/large-text", (request, response) -> {
            for (int i = 0; i < 20; i++) {
                response.getWriter().write("0123456789".repeat(LARGE / 200));
            }
        });
        OTHERS.put("/sized", (request, response) -> {
            response.setContentLength(5);
            response.getOutputStream().write('1');
            response.getOutputStream().write("2345".getBytes(StandardCharsets.US_ASCII));
        });
        OTHERS.put("/sized-long", (request, response) -> {
            response.setContentLengthLong(5);
            response.getWriter().write("12345");
        });
        OTHERS.put("/flushed", (request, response) -> {
            response.getWriter().write("flushed");
            response.getWriter().flush();
        });
        OTHERS.put("/closed", (request, response) -> {
            response.getOutputStream().print("closed");
            response.getOutputStream().flush();
            response.getOutputStream().close();
        });
        OTHERS.put("/events", (request, response) -> {
            response.setContentType("text/event-stream");
            response.getWriter().write("data: 1\n\n");
            response.flushBuffer();
            response.getWriter().write("data: 2\n\n");
        });
        OTHERS.put("/async-complete", EveryShape::completeElsewhere);
        OTHERS.put("/async-dispatch", (request, response) -> {
            if (request.getDispatcherType() == DispatcherType.ASYNC) {
                response.getWriter().print("dispatched");
            } else {
                AsyncContext async = request.startAsync(request, response);
                async.start(async::dispatch);
            }
        });
        OTHERS.put("/async-restart", EveryShape::restart);
        OTHERS.put("/async-throws", (request, response) -> {
            if (request.getDispatcherType() == DispatcherType.ASYNC) {
                throw new Failure();
            }
            request.startAsync().dispatch();
        });
        OTHERS.put("/async-wrapped", (request, response) -> {
            if (request.getDispatcherType() == DispatcherType.ASYNC) {
                response.getWriter().print("dispatched");
            } else {
                request.startAsync(request, new HttpServletResponseWrapper(response))
                        .dispatch();
            }
        });
        OTHERS.put("/async-past-the-filters", (request, response) -> {
            if (request.getDispatcherType() == DispatcherType.ASYNC) {
                response.getWriter().print("dispatched");
            } else {
                bare(request).startAsync().dispatch();
            }
        });
        OTHERS.put("/async-nonblocking", EveryShape::writeWithoutBlocking);
        OTHERS.put(TIMEOUT, EveryShape::timeOut);
    }

    /** Without a stack trace: Tomcat's error page shows it, and there our frames are among the others. */
    private static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1;

        Failure() {
            super("meant to fail", null, false, false);
        }
    }

    private EveryShape() {}

    /** The path of every shape. */
    static List<String> paths() {
        return Stream.concat(BUFFERED.keySet().stream(), OTHERS.keySet().stream())
                .map(EveryShape::path)
                .toList();
    }

    /** Those that an interrupt of the request's thread leaves whole: nothing is sent while it is on. */
    static List<String> bufferedPaths() {
        return BUFFERED.keySet().stream().map(EveryShape::path).toList();
    }

    private static String path(String pattern) {
        return pattern.replace("*", "");
    }

    /** Before the filters of the application are. */
    static void registerInterrupts(ServletContext context) {
        FilterRegistration.Dynamic registration = context.addFilter("interrupts", new HttpFilter() {
            @Override
            protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                    throws IOException, ServletException {
                if (request.getHeader(INTERRUPT) == null) {
                    chain.doFilter(request, response);
                    return;
                }
                Thread.currentThread().interrupt();
                chain.doFilter(request, response);
                response.setHeader("X-Interrupted", String.valueOf(Thread.interrupted()));
            }
        });
        registration.setAsyncSupported(true);
        registration.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/*");
    }

    static void register(ServletContext context) {
        BUFFERED.forEach((pattern, handler) -> serve(context, pattern, handler));
        OTHERS.forEach((pattern, handler) -> serve(context, pattern, handler));
    }

    private static void serve(ServletContext context, String pattern, Handler handler) {
        ServletRegistration.Dynamic registration = context.addServlet("at " + pattern, new HttpServlet() {
            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response)
                    throws IOException, ServletException {
                handler.handle(request, response);
            }
        });
        registration.addMapping(pattern);
        registration.setAsyncSupported(true);
    }

    private static void headers(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("text/plain;charset=utf-8");
        response.setHeader("Content-Type", "text/plain;charset=us-ascii");
        response.addHeader("X-One", "1");
        response.setIntHeader("X-Two", 2);
        response.addIntHeader("X-Three", 3);
        response.setHeader("Content-Length", "4");
        response.setIntHeader("Content-Length", 5);
        response.addIntHeader("Content-Length", 5);
        response.getOutputStream().print("12345");
    }

    private static void everyWayToWrite(HttpServletRequest request, HttpServletResponse response) throws IOException {
        PrintWriter writer = response.getWriter();
        writer.println();
        writer.println(true);
        writer.println('c');
        writer.println(1);
        writer.println(2L);
        writer.println(1.5f);
        writer.println(2.5d);
        writer.println(new char[] {'a', 'b'});
        writer.println("text");
        writer.println((Object) "object");
        writer.write(new char[] {'x'});
        writer.write('y');
        writer.append('z').append("zz").append("zzz", 0, 1);
        writer.printf("%s", "z");
        writer.printf(Locale.ROOT, "%d", 3);
        writer.print(response.getWriter() == writer);
    }

    private static void completeElsewhere(HttpServletRequest request, HttpServletResponse response) {
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

    private static void restart(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Object before = request.getAttribute("rounds");
        int rounds = before == null ? 0 : (Integer) before;
        if (rounds == 3) {
            response.getWriter().print("after 3 rounds");
        } else {
            request.setAttribute("rounds", rounds + 1);
            request.startAsync();
            request.getAsyncContext().dispatch();
        }
    }

    private static HttpServletRequest bare(HttpServletRequest request) {
        HttpServletRequest at = request;
        while (at instanceof HttpServletRequestWrapper wrapper) {
            at = (HttpServletRequest) wrapper.getRequest();
        }
        return at;
    }

    private static void writeWithoutBlocking(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        AsyncContext async = request.startAsync();
        ServletOutputStream out = response.getOutputStream();
        out.setWriteListener(new WriteListener() {
            private boolean written;

            @Override
            public void onWritePossible() throws IOException {
                if (!written && out.isReady()) {
                    written = true;
                    out.write(new byte[100]);
                    async.complete();
                }
            }

            @Override
            public void onError(Throwable thrown) {
                async.complete();
            }
        });
    }

    private static void timeOut(HttpServletRequest request, HttpServletResponse response) {
        AsyncContext async = request.startAsync();
        async.addListener(new AsyncListener() {
            @Override
            public void onTimeout(AsyncEvent event) throws IOException {
                HttpServletResponse answer =
                        (HttpServletResponse) event.getAsyncContext().getResponse();
                answer.setStatus(504);
                answer.getWriter().print("too late");
                event.getAsyncContext().complete();
            }

            @Override
            public void onComplete(AsyncEvent event) {}

            @Override
            public void onError(AsyncEvent event) {}

            @Override
            public void onStartAsync(AsyncEvent event) {}
        });
        async.setTimeout(1);
    }
}
