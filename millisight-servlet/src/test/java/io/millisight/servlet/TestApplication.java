package io.millisight.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

/** A web application that answers in every shape there is. */
final class TestApplication {

    /** Longer than any container's buffer. */
    static final int LARGE = 200_000;

    /**
     * Long enough for Jetty 12.1, which loses a timeout that fires before its AsyncContextEvent was told the timer: with
     * 1 ms, 19 of 4,000 requests were never ended by a bare Jetty without our filter.
     */
    private static final int TIMEOUT_MILLIS = 200;

    /** Lets {@code /events} and {@code /abort} go on. */
    final CountDownLatch released = new CountDownLatch(1);

    interface Handler {
        void handle(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException;
    }

    void register(ServletContext context) {
        serve(context, "/ok", (request, response) -> response.getWriter().print("ok"));
        serve(context, "", (request, response) -> response.getWriter().print("home"));
        serve(context, "/orders/*", (request, response) -> response.getWriter().print("order"));
        serve(context, "/refused/*", (request, response) -> response.sendError(403));
        serve(context, "/created", (request, response) -> {
            response.setStatus(201);
            response.getOutputStream().print("made");
        });
        serve(context, "/no-content", (request, response) -> response.setStatus(204));
        serve(context, "/moved", (request, response) -> response.sendRedirect("/ok", 301));
        serve(context, "/found", (request, response) -> response.sendRedirect("/ok"));
        serve(context, "/found-keeping-the-body", (request, response) -> response.sendRedirect("/ok", false));
        serve(context, "/moved-keeping-the-body", (request, response) -> response.sendRedirect("/ok", 308, false));
        serve(context, "/not-modified", (request, response) -> response.setStatus(304));
        serve(context, "/missing", (request, response) -> response.sendError(404, "no such thing"));
        serve(context, "/conflict", (request, response) -> response.sendError(409));
        serve(context, "/fails", (request, response) -> response.sendError(500));
        serve(context, "/fails-quietly", (request, response) -> response.setStatus(500));
        serve(context, "/throws", (request, response) -> {
            throw new IllegalStateException("meant to fail");
        });
        serve(context, "/throws-late", (request, response) -> {
            response.getOutputStream().print("half");
            response.flushBuffer();
            throw new ServletException("meant to fail");
        });
        serve(context, "/large", (request, response) -> {
            response.setContentType("application/octet-stream");
            response.getOutputStream().write(new byte[LARGE]);
        });
        serve(context, "/large-text", (request, response) -> {
            for (int i = 0; i < LARGE; i++) {
                response.getWriter().write('x');
            }
        });
        serve(context, "/sized", (request, response) -> {
            response.setContentLength(5);
            response.getOutputStream().write("12345".getBytes(StandardCharsets.US_ASCII));
        });
        serve(context, "/sized-and-held", (request, response) -> {
            response.setContentLength(5);
            response.getOutputStream().write("12345".getBytes(StandardCharsets.US_ASCII));
            await(released);
        });
        serve(context, "/sized-in-bytes-and-held", (request, response) -> {
            response.setContentLength(2);
            response.getOutputStream().write('1');
            response.getOutputStream().print("2");
            await(released);
        });
        serve(context, "/large-and-held", (request, response) -> {
            response.setContentLength(LARGE);
            response.getOutputStream().write(new byte[LARGE]);
            await(released);
        });
        serve(context, "/flushed-and-held", (request, response) -> {
            response.setContentLength(5);
            response.getOutputStream().write("12345".getBytes(StandardCharsets.US_ASCII));
            response.flushBuffer();
            await(released);
        });
        serve(context, "/sized-by-header", (request, response) -> {
            response.setHeader("Content-Length", "5");
            response.getWriter().write("12345");
        });
        serve(context, "/sized-by-number", (request, response) -> {
            response.setIntHeader("Content-Length", 5);
            response.getWriter().write("12345");
        });
        serve(context, "/sized-by-added-number", (request, response) -> {
            response.addIntHeader("Content-Length", 5);
            response.getWriter().write("12345");
        });
        serve(context, "/sized-late", (request, response) -> {
            response.getOutputStream().write("12345".getBytes(StandardCharsets.US_ASCII));
            response.setContentLengthLong(5);
        });
        serve(context, "/flushed", (request, response) -> {
            response.getWriter().write("flushed");
            response.getWriter().flush();
        });
        serve(context, "/closed", (request, response) -> {
            response.getOutputStream().print("closed");
            response.getOutputStream().close();
        });
        serve(context, "/reset", (request, response) -> {
            response.getWriter().write("first");
            response.reset();
            response.getOutputStream().print("second");
        });
        serve(context, "/rewritten", (request, response) -> {
            response.getWriter().write("first");
            response.resetBuffer();
            response.getWriter().print("second");
        });
        serve(context, "/forward", (request, response) -> request.getRequestDispatcher("/ok")
                .forward(request, response));
        serve(context, TestServer.ERROR_PAGE, TestApplication::errorPage);
        serve(context, "/async-complete", TestApplication::completeElsewhere);
        serve(context, "/async-empty", (request, response) -> {
            AsyncContext async = request.startAsync();
            response.setStatus(204);
            async.start(async::complete);
        });
        serve(context, "/async-dispatch", TestApplication::dispatchOnce);
        serve(context, "/async-restart", TestApplication::restart);
        serve(context, "/async-throws", (request, response) -> {
            if (request.getDispatcherType() == DispatcherType.ASYNC) {
                throw new IllegalStateException("meant to fail");
            }
            request.startAsync().dispatch();
        });
        serve(context, "/async-timeout", (request, response) -> request.startAsync()
                .setTimeout(TIMEOUT_MILLIS));
        serve(context, "/async-timeout-answered", (request, response) -> answerOnTimeout(request, 504));
        serve(context, "/async-wrapped", TestApplication::dispatchWithAWrapper);
        serve(context, "/async-past-the-filter", TestApplication::dispatchPastTheFilter);
        serve(context, "/async-nonblocking", TestApplication::writeWithoutBlocking);
        serve(context, "/events", (request, response) -> {
            response.setContentType("text/event-stream");
            response.getWriter().write("data: 1\n\n");
            response.flushBuffer();
            await(released);
        });
        serve(context, "/events-until-timeout", (request, response) -> {
            answerOnTimeout(request, 200);
            response.addHeader("Content-Type", "text/event-stream;charset=utf-8");
            response.flushBuffer();
        });
        serve(context, "/abort", (request, response) -> {
            byte[] chunk = new byte[LARGE];
            response.getOutputStream().write(chunk);
            response.getOutputStream().flush();
            await(released);
            for (int i = 0; i < 10_000; i++) {
                response.getOutputStream().write(chunk);
            }
        });
    }

    /** What the page says decides the status: as an application's own error controller would. */
    private static void errorPage(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getAttribute(RequestDispatcher.ERROR_EXCEPTION) != null) {
            response.setStatus(503);
        }
        response.getWriter().print("the page for " + response.getStatus());
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

    private static void dispatchOnce(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getDispatcherType() == DispatcherType.ASYNC) {
            response.getWriter().print("dispatched");
        } else {
            AsyncContext async = request.startAsync(request, response);
            async.start(async::dispatch);
        }
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

    private static void dispatchWithAWrapper(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (request.getDispatcherType() == DispatcherType.ASYNC) {
            response.getWriter().print("dispatched");
        } else {
            request.startAsync(request, new HttpServletResponseWrapper(response))
                    .dispatch();
        }
    }

    private static void dispatchPastTheFilter(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (request.getDispatcherType() == DispatcherType.ASYNC) {
            response.getWriter().print("dispatched");
        } else {
            ((HttpServletRequestWrapper) request).getRequest().startAsync().dispatch();
        }
    }

    private static void answerOnTimeout(HttpServletRequest request, int status) {
        AsyncContext async = request.startAsync();
        async.addListener(new AsyncListener() {
            @Override
            public void onTimeout(AsyncEvent event) throws IOException {
                ((HttpServletResponse) event.getAsyncContext().getResponse()).setStatus(status);
                event.getAsyncContext().complete();
            }

            @Override
            public void onComplete(AsyncEvent event) {}

            @Override
            public void onError(AsyncEvent event) {}

            @Override
            public void onStartAsync(AsyncEvent event) {}
        });
        async.setTimeout(TIMEOUT_MILLIS);
    }

    private static void writeWithoutBlocking(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        AsyncContext async = request.startAsync();
        ServletOutputStream out = response.getOutputStream();
        byte[] all = new byte[LARGE];
        out.setWriteListener(new WriteListener() {
            private int at;

            @Override
            public void onWritePossible() throws IOException {
                while (out.isReady()) {
                    if (at == all.length) {
                        async.complete();
                        return;
                    }
                    int length = Math.min(10_000, all.length - at);
                    out.write(all, at, length);
                    at += length;
                }
            }

            @Override
            public void onError(Throwable thrown) {
                async.complete();
            }
        });
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void serve(ServletContext context, String pattern, Handler handler) {
        ServletRegistration.Dynamic registration = context.addServlet("at " + pattern, new HttpServlet() {
            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response)
                    throws IOException, ServletException {
                handler.handle(request, response);
            }
        });
        registration.addMapping(pattern);
        registration.setAsyncSupported(true);
    }
}
