package io.millisight.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.observe.Outcome;
import io.millisight.observe.Recorder;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Whatever is wrong with us, the application is called once and answers as if we were not there. */
class FilterFaultsTest {

    private final Recordings recordings = new Recordings();
    private final StringWriter written = new StringWriter();
    private final Map<String, Object> attributes = new HashMap<>();
    private int status = 200;
    private final AtomicInteger calls = new AtomicInteger();
    private final FilterChain chain = (request, response) -> calls.incrementAndGet();

    @Test
    void callsTheApplicationOnceWhateverOfOursFails() throws Exception {
        MillisightFilter filter = new MillisightFilter(
                Recordings.observer(losing(new AtomicInteger())),
                request -> {
                    throw new IllegalStateException("route");
                },
                request -> {
                    throw new IllegalStateException("user");
                });

        filter.doFilter(request(DispatcherType.REQUEST), response(), chain);

        assertThat(calls).hasValue(1);
        assertThat(filter.faults().count()).isGreaterThanOrEqualTo(3);
    }

    @Test
    void callsTheApplicationOnceWhenTheRequestItselfFails() throws Exception {
        HttpServletRequest broken = proxy(HttpServletRequest.class, (self, method, arguments) -> {
            throw new IllegalStateException(method.getName());
        });
        MillisightFilter filter = filter();

        filter.doFilter(broken, response(), chain);

        assertThat(calls).hasValue(1);
        assertThat(filter.faults().count()).isEqualTo(1);
    }

    @Test
    void endsAnAsyncRequestWhateverOfOursFails() throws Exception {
        List<AsyncListener> listeners = new ArrayList<>();
        AsyncContext async = proxy(AsyncContext.class, (self, method, arguments) -> {
            if (method.getName().equals("addListener")) {
                listeners.add((AsyncListener) arguments[0]);
            }
            return empty(method.getReturnType());
        });
        HttpServletRequest started =
                proxy(HttpServletRequest.class, (self, method, arguments) -> switch (method.getName()) {
                    case "getDispatcherType" -> DispatcherType.REQUEST;
                    case "isAsyncStarted" -> true;
                    case "getAsyncContext" -> async;
                    default -> request(self, method, arguments);
                });
        MillisightFilter filter = new MillisightFilter(
                Recordings.observer(losing(new AtomicInteger())), request -> "/x", request -> "ada");
        filter.doFilter(started, response(), chain);
        assertThat(listeners).hasSize(1);

        listeners.get(0).onComplete(new AsyncEvent(async));

        assertThat(calls).hasValue(1);
        assertThat(filter.faults().count()).isEqualTo(1);
    }

    @Test
    void letsARequestEndWhoseAttributesAreGone() throws Exception {
        HttpServletRequest broken = proxy(HttpServletRequest.class, (self, method, arguments) -> {
            throw new IllegalStateException(method.getName());
        });
        MillisightFilter filter = filter();

        ServletRequestEvent event = new ServletRequestEvent(proxy(ServletContext.class, this::request), broken);
        filter.requestListener().requestInitialized(event);
        filter.requestListener().requestDestroyed(event);
        new UserIdCaptureFilter(filter).doFilter(broken, response(), chain);

        assertThat(calls).hasValue(1);
        assertThat(filter.faults().count()).isEqualTo(4);
    }

    @Test
    void countsARequestAsLostThatItCannotBegin() throws Exception {
        AtomicInteger lost = new AtomicInteger();
        HttpServletRequest broken = proxy(HttpServletRequest.class, (self, method, arguments) -> {
            if (method.getName().equals("getDispatcherType")) {
                return DispatcherType.REQUEST;
            }
            throw new OutOfMemoryError(method.getName());
        });

        filterLosing(lost).doFilter(broken, response(), chain);

        assertThat(calls).hasValue(1);
        assertThat(lost).hasValue(1);
    }

    @Test
    void countsARequestAsLostThatItCannotEnd() throws Exception {
        AtomicInteger lost = new AtomicInteger();
        MillisightFilter filter = filterLosing(lost);
        ServletRequestEvent event =
                new ServletRequestEvent(proxy(ServletContext.class, this::request), request(DispatcherType.REQUEST));
        HttpServletRequest broken =
                proxy(HttpServletRequest.class, (self, method, arguments) -> switch (method.getName()) {
                    case "getDispatcherType" -> DispatcherType.REQUEST;
                    case "isAsyncStarted" -> throw new StackOverflowError();
                    default -> request(self, method, arguments);
                });
        filter.requestListener().requestInitialized(event);

        filter.doFilter(broken, response(), chain);
        filter.requestListener().requestDestroyed(event);

        assertThat(calls).hasValue(1);
        assertThat(lost).hasValue(1);
        assertThat(recordings.waiting()).isZero();
    }

    @Test
    void countsARequestAsLostThatItCannotEndWhereNobodyTellsItsEnd() throws Exception {
        AtomicInteger lost = new AtomicInteger();
        HttpServletRequest broken =
                proxy(HttpServletRequest.class, (self, method, arguments) -> switch (method.getName()) {
                    case "getDispatcherType" -> DispatcherType.REQUEST;
                    case "isAsyncStarted" -> throw new StackOverflowError();
                    default -> request(self, method, arguments);
                });

        filterLosing(lost).doFilter(broken, response(), chain);

        assertThat(calls).hasValue(1);
        assertThat(lost).hasValue(1);
    }

    @Test
    void throwsOnTheSameExceptionWhenTheContainerCannotSayWhatHasLeft() {
        HttpServletResponse evasive = proxy(HttpServletResponse.class, (self, method, arguments) -> {
            if (method.getName().equals("isCommitted")) {
                throw new IllegalStateException(method.getName());
            }
            return answer(self, method, arguments);
        });
        MillisightFilter filter = filter();

        assertThatThrownBy(() -> filter.doFilter(request(DispatcherType.REQUEST), evasive, (request, response) -> {
                    response.flushBuffer();
                    throw new ServletException("the application's");
                }))
                .hasMessage("the application's");

        assertThat(filter.faults().count()).isPositive();
    }

    @Test
    void recordsWithoutAUserWhenTheResolverFails() throws Exception {
        MillisightFilter filter =
                new MillisightFilter(recordings.observer(), RouteResolver.servletMapping(), request -> {
                    throw new IllegalStateException("user");
                });

        filter.doFilter(request(DispatcherType.REQUEST), response(), chain);

        assertThat(filter.faults().count()).isPositive();
        assertThat(recordings.waiting()).isEqualTo(1);
    }

    @Test
    void writesWhereTheBufferSizeIsNotKnown() throws Exception {
        HttpServletResponse broken = proxy(HttpServletResponse.class, (self, method, arguments) -> {
            if (method.getName().equals("getBufferSize")) {
                throw new UnsupportedOperationException();
            }
            return answer(self, method, arguments);
        });
        MillisightFilter filter =
                new MillisightFilter(recordings.observer(), request -> "/x", UserIdResolver.principalName());

        filter.doFilter(request(DispatcherType.REQUEST), broken, (request, response) -> response.getWriter()
                .write("written"));

        assertThat(written).hasToString("written");
        assertThat(filter.faults().count()).isEqualTo(1);
    }

    @Test
    void startsAsyncWhereNoListenerCanBeAdded() throws Exception {
        AsyncContext async = proxy(AsyncContext.class, (self, method, arguments) -> {
            if (method.getName().equals("addListener")) {
                throw new IllegalStateException();
            }
            return empty(method.getReturnType());
        });
        HttpServletRequest started =
                proxy(HttpServletRequest.class, (self, method, arguments) -> switch (method.getName()) {
                    case "getDispatcherType" -> DispatcherType.REQUEST;
                    case "startAsync", "getAsyncContext" -> async;
                    default -> request(self, method, arguments);
                });
        MillisightFilter filter =
                new MillisightFilter(recordings.observer(), request -> "/x", UserIdResolver.principalName());

        filter.doFilter(
                started, response(), (request, response) -> request.startAsync().complete());

        assertThat(filter.faults().count()).isEqualTo(1);
        assertThat(recordings.waiting()).isEqualTo(1);
    }

    @Test
    void makesNoEndpointOfWhatOnlyACatchAllMatched() throws Exception {
        status = 404;
        MillisightFilter filter =
                new MillisightFilter(recordings.observer(), request -> "/**", UserIdResolver.principalName());

        filter.doFilter(request(DispatcherType.REQUEST), response(), chain);

        assertThat(recordings.next().route()).isEqualTo("{unmatched}");
    }

    @Test
    void passesOnWhatIsNotHttp() throws Exception {
        filter().doFilter(
                        proxy(ServletRequest.class, this::request), proxy(ServletResponse.class, this::answer), chain);

        assertThat(calls).hasValue(1);
        assertThat(recordings.waiting()).isZero();
    }

    @Test
    void throwsOnTheSameException() {
        ServletException thrown = new ServletException("meant to fail");

        assertThatThrownBy(() -> filter().doFilter(request(DispatcherType.REQUEST), response(), (request, response) -> {
                    throw thrown;
                }))
                .isSameAs(thrown);
        assertThat(recordings.waiting()).isEqualTo(1);
    }

    @Test
    void writesTheWholeAnswerWhenTheContainerCannotSayWhatHasLeft() throws Exception {
        StringBuilder out = new StringBuilder();
        HttpServletResponse evasive = proxy(HttpServletResponse.class, (self, method, arguments) -> {
            switch (method.getName()) {
                case "isCommitted", "getBufferSize" -> throw new IllegalStateException(method.getName());
                case "getOutputStream" -> {
                    return new Collecting(out);
                }
                default -> {
                    return answer(self, method, arguments);
                }
            }
        });
        MillisightFilter filter = filter();

        filter.doFilter(request(DispatcherType.REQUEST), evasive, (request, response) -> {
            response.setContentLength(5);
            response.getOutputStream().write('a');
            response.getOutputStream().write(new byte[] {'b', 'c'});
            response.getOutputStream().print("de");
        });

        assertThat(out).hasToString("abcde");
        assertThat(filter.faults().count()).isPositive();
        assertThat(recordings.waiting()).isEqualTo(1);
    }

    @Test
    void anAnswerIsWrittenWhenItCannotBeRecordedBeforeItsLastByte() throws Exception {
        StringBuilder out = new StringBuilder();
        AtomicInteger asked = new AtomicInteger();
        HttpServletResponse forgetful =
                proxy(HttpServletResponse.class, (self, method, arguments) -> switch (method.getName()) {
                    case "isCommitted" -> {
                        if (asked.incrementAndGet() % 2 == 0) {
                            throw new IllegalStateException("isCommitted");
                        }
                        yield true;
                    }
                    case "getOutputStream" -> new Collecting(out);
                    default -> answer(self, method, arguments);
                });
        MillisightFilter filter = filter();

        filter.doFilter(request(DispatcherType.REQUEST), forgetful, (request, response) -> {
            response.setContentLength(2);
            response.getOutputStream().write('a');
            response.getOutputStream().write('b');
        });

        assertThat(out).hasToString("ab");
        assertThat(recordings.waiting()).isEqualTo(1);
    }

    @Test
    void anAnswerIsWrittenWhenTheContainerCannotSayAfterwardsWhetherItLeft() throws Exception {
        StringBuilder out = new StringBuilder();
        HttpServletResponse forgetful =
                proxy(HttpServletResponse.class, (self, method, arguments) -> switch (method.getName()) {
                    case "isCommitted" -> {
                        if (!out.isEmpty()) {
                            throw new IllegalStateException("isCommitted");
                        }
                        yield false;
                    }
                    case "getBufferSize" -> 8_192;
                    case "getOutputStream" -> new Collecting(out);
                    default -> answer(self, method, arguments);
                });
        MillisightFilter filter = filter();

        filter.doFilter(request(DispatcherType.REQUEST), forgetful, (request, response) -> {
            response.setContentLength(1);
            response.getOutputStream().write('a');
        });

        assertThat(out).hasToString("a");
        assertThat(filter.faults().count()).isPositive();
        assertThat(recordings.waiting()).isEqualTo(1);
    }

    @Test
    void givesTheContainersOwnWriterWhereItCannotBeWatched() throws Exception {
        Map<String, Object> headers = new HashMap<>();
        HttpServletResponse withoutWriter = proxy(HttpServletResponse.class, (self, method, arguments) -> {
            switch (method.getName()) {
                case "getWriter" -> {
                    return null;
                }
                case "setHeader" -> headers.put((String) arguments[0], arguments[1]);
                default -> {}
            }
            return answer(self, method, arguments);
        });
        MillisightFilter filter =
                new MillisightFilter(recordings.observer(), request -> "/x", UserIdResolver.principalName());

        filter.doFilter(request(DispatcherType.REQUEST), withoutWriter, (request, response) -> {
            assertThat(response.getWriter()).isNull();
            assertThat(headers).as("set while it can be").containsKey("X-Response-Time");
            assertThat(response.getWriter()).as("again").isNull();
        });

        assertThat(filter.faults().count()).as("the first time only").isEqualTo(1);
        assertThat(recordings.waiting()).isEqualTo(1);
    }

    @Test
    void servesBehindAWrapperThatDoesNotSayWhatItWraps() throws Exception {
        HttpServletResponse evasive = new HttpServletResponseWrapper(response()) {
            @Override
            public ServletResponse getResponse() {
                throw new IllegalStateException("meant to fail");
            }

            @Override
            public int getStatus() {
                return 200;
            }
        };
        MillisightFilter filter = filter();

        filter.doFilter(request(DispatcherType.REQUEST), evasive, chain);

        assertThat(calls).hasValue(1);
        assertThat(filter.faults().count()).isPositive();
    }

    @Test
    void keepsQuietWhenAnEventSaysNothing() {
        MillisightFilter filter = filter();
        PendingObservation pending = new PendingObservation(filter, new FakeRequest(), response(), 0);

        pending.onError(null);
        pending.onStartAsync(null);

        assertThat(filter.faults().count()).isEqualTo(2);
    }

    @Test
    void passesOnTheContextThatRefusesItsListener() throws Exception {
        AsyncContext refusing = proxy(AsyncContext.class, (self, method, arguments) -> {
            throw new IllegalStateException(method.getName());
        });
        MillisightFilter filter = filter();
        PendingObservation pending = new PendingObservation(filter, new FakeRequest(), response(), 0);

        pending.asyncStarted(refusing);
        pending.finish();

        assertThat(filter.faults().count()).isEqualTo(1);
        assertThat(recordings.waiting()).isEqualTo(1);
    }

    @Test
    void containsARecorderThatCannotEvenCountWhatIsLost() {
        MillisightFilter filter = new MillisightFilter(
                Recordings.observer(new Refusing() {
                    @Override
                    public void countLost() {
                        throw new IllegalStateException("lost");
                    }
                }),
                RouteResolver.servletMapping(),
                UserIdResolver.principalName());

        filter.observer().lost();

        assertThat(filter.faults().count()).isEqualTo(1);
    }

    /** What is written, as text. */
    private static final class Collecting extends ServletOutputStream {

        private final StringBuilder out;

        Collecting(StringBuilder out) {
            this.out = out;
        }

        @Override
        public void write(int b) {
            out.append((char) b);
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {}
    }

    @Test
    void takesABrokenConnectionForNoFailure() throws Exception {
        class EofException extends IOException {}

        assertThatThrownBy(() -> filter().doFilter(request(DispatcherType.REQUEST), response(), (request, response) -> {
                    throw new ServletException(new EofException());
                }))
                .isInstanceOf(ServletException.class);
        assertThat(recordings.next().outcome()).isEqualTo(Outcome.CLIENT_ABORT);
    }

    @Test
    void recordsOnceWhereItIsRegisteredTwice() throws Exception {
        MillisightFilter outer = filter();
        MillisightFilter inner = filter();

        outer.doFilter(
                request(DispatcherType.REQUEST),
                response(),
                (request, response) -> inner.doFilter(request, response, chain));

        assertThat(calls).hasValue(1);
        assertThat(recordings.waiting()).isEqualTo(1);
    }

    @Test
    void recordsAnErrorPageThatTheContainerShowsBeforeAnyFilter() throws Exception {
        attributes.put("jakarta.servlet.error.method", "POST");
        attributes.put("jakarta.servlet.error.request_uri", "/guarded");

        filter().doFilter(request(DispatcherType.ERROR), response(), chain);

        Recordings.Recorded recorded = recordings.next();
        assertThat(recorded.method()).isEqualTo("POST");
        assertThat(recorded.route()).isEqualTo("{unmatched}");
        assertThat(recorded.path()).isEqualTo("/guarded");
    }

    @Test
    void capturesTheUserInsideTheChain() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        MillisightFilter filter = new MillisightFilter(
                recordings.observer(),
                RouteResolver.servletMapping(),
                request -> asked.incrementAndGet() == 1 ? "" : "ada");

        filter.doFilter(
                request(DispatcherType.REQUEST), response(), (request, response) -> new UserIdCaptureFilter(filter)
                        .doFilter(request, response, chain));

        assertThat(recordings.next().userId()).isEqualTo("ada");
        assertThat(asked).as("before and after the application").hasValue(2);
    }

    @Test
    void passesOnEveryWayToWriteText() throws Exception {
        filter().doFilter(request(DispatcherType.REQUEST), response(), (request, response) -> {
            PrintWriter writer = response.getWriter();
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
            writer.printf("%s", "z");
            writer.printf(Locale.ROOT, "%d", 3);
            assertThat(writer.checkError()).isFalse();
            writer.close();
        });

        assertThat(written.toString().lines())
                .containsExactly("true", "c", "1", "2", "1.5", "2.5", "ab", "text", "object", "xyz3");
    }

    @Test
    void passesOnEveryCallOfAnAsyncContext() throws Exception {
        StringBuilder called = new StringBuilder();
        AsyncContext bare = proxy(AsyncContext.class, (self, method, arguments) -> {
            called.append(method.getName()).append(' ');
            return empty(method.getReturnType());
        });
        MillisightFilter filter = filter();
        PendingObservation pending = new PendingObservation(filter, new FakeRequest(), response(), 0);
        TimedAsyncContext timed = new TimedAsyncContext(bare, pending);

        timed.getRequest();
        timed.getResponse();
        timed.hasOriginalRequestAndResponse();
        timed.dispatch();
        timed.dispatch("/x");
        timed.dispatch(proxy(ServletContext.class, this::request), "/x");
        timed.addListener(null);
        timed.addListener(null, null, null);
        timed.createListener(AsyncListener.class);
        timed.start(() -> {});
        timed.setTimeout(1);
        timed.getTimeout();
        timed.complete();

        assertThat(called.toString())
                .isEqualTo("getRequest getResponse hasOriginalRequestAndResponse dispatch dispatch dispatch addListener"
                        + " addListener createListener start setTimeout getTimeout complete ");
    }

    /** Undertow tells of it as of a request. */
    @Test
    void aForwardThatEndsIsNotTheEndOfItsRequest() throws Exception {
        AtomicInteger lost = new AtomicInteger();
        MillisightFilter filter = filterLosing(lost);
        ServletRequestListener listener = filter.requestListener();
        ServletRequestEvent whole = ended(request(DispatcherType.REQUEST));
        ServletRequestEvent within = ended(request(DispatcherType.FORWARD));

        listener.requestInitialized(whole);
        filter.doFilter(request(DispatcherType.REQUEST), response(), (request, response) -> {
            listener.requestInitialized(within);
            filter.doFilter(request(DispatcherType.FORWARD), response, chain);
            listener.requestDestroyed(within);
            assertThat(lost).as("given up").hasValue(0);
            ((HttpServletResponse) response).sendError(409);
        });
        assertThat(lost).as("recorded").hasValue(0);
        listener.requestDestroyed(whole);

        assertThat(lost).as("recorded in vain, as that recorder fails").hasValue(1);
    }

    @Test
    void keepsTheRouteThatWasAskedForWhenTheApplicationForwards() throws Exception {
        MillisightFilter filter = new MillisightFilter(
                recordings.observer(), request -> (String) attributes.get("template"), UserIdResolver.principalName());

        filter.doFilter(request(DispatcherType.REQUEST), response(), (request, response) -> {
            attributes.put("template", "/asked/{id}");
            filter.doFilter(
                    request(DispatcherType.FORWARD),
                    response,
                    (target, answer) -> attributes.put("template", "/target/{id}"));
        });

        assertThat(recordings.next().route()).isEqualTo("/asked/{id}");
    }

    @Test
    void letsARequestPassOfWhichTheContainerCannotTellTheDispatch() throws Exception {
        AtomicInteger lost = new AtomicInteger();
        HttpServletRequest mute = proxy(HttpServletRequest.class, (self, method, arguments) -> {
            if (method.getName().equals("getDispatcherType")) {
                throw new IllegalStateException("meant to fail");
            }
            return request(self, method, arguments);
        });

        filterLosing(lost).doFilter(mute, response(), chain);

        assertThat(calls).hasValue(1);
        assertThat(lost).hasValue(1);
    }

    private ServletRequestEvent ended(HttpServletRequest request) {
        return new ServletRequestEvent(proxy(ServletContext.class, this::request), request);
    }

    /** Has no use for anything. */
    private abstract static class Refusing implements Recorder {
        @Override
        public void record(
                String method,
                String route,
                int status,
                Outcome outcome,
                boolean stream,
                long start,
                long end,
                String user,
                String path) {
            throw new IllegalStateException("nothing to record");
        }
    }

    private static Recorder losing(AtomicInteger lost) {
        return new Refusing() {
            @Override
            public void countLost() {
                lost.incrementAndGet();
            }
        };
    }

    private static MillisightFilter filterLosing(AtomicInteger lost) {
        return new MillisightFilter(
                Recordings.observer(losing(lost)), RouteResolver.servletMapping(), UserIdResolver.principalName());
    }

    private MillisightFilter filter() {
        return new MillisightFilter(
                recordings.observer(), RouteResolver.servletMapping(), UserIdResolver.principalName());
    }

    private HttpServletRequest request(DispatcherType type) {
        return proxy(
                HttpServletRequest.class,
                (self, method, arguments) ->
                        method.getName().equals("getDispatcherType") ? type : request(self, method, arguments));
    }

    private HttpServletResponse response() {
        return proxy(HttpServletResponse.class, this::answer);
    }

    private Object request(Object self, java.lang.reflect.Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "getAttribute" -> attributes.get((String) arguments[0]);
            case "setAttribute" -> attributes.put((String) arguments[0], arguments[1]);
            case "getMethod" -> "GET";
            case "getRequestURI", "getServletPath" -> "/x";
            default -> empty(method.getReturnType());
        };
    }

    private Object answer(Object self, java.lang.reflect.Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "getStatus" -> status;
            case "getWriter" -> new PrintWriter(written);
            default -> empty(method.getReturnType());
        };
    }

    private static Object empty(Class<?> type) {
        if (type == boolean.class) {
            return false;
        }
        return type == int.class ? (Object) 0 : type == long.class ? (Object) 0L : null;
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
