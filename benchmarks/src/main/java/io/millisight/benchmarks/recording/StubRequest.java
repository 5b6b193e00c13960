package io.millisight.benchmarks.recording;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.lang.reflect.Proxy;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/** As much of a container's request as the filters ask for, at no cost of its own; anything else is refused. */
final class StubRequest extends HttpServletRequestWrapper {

    private final String[] names = new String[8];
    private final Object[] values = new Object[8];
    private int attributes;
    private String method = "GET";
    private String path = "/";

    StubRequest() {
        super(refusing(HttpServletRequest.class));
    }

    static <T> T refusing(Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, called, values) -> {
                    throw new UnsupportedOperationException(called.toString());
                }));
    }

    /** The next request begins. */
    void begin(String method, String path) {
        this.method = method;
        this.path = path;
        attributes = 0;
    }

    @Override
    public DispatcherType getDispatcherType() {
        return DispatcherType.REQUEST;
    }

    @Override
    public String getMethod() {
        return method;
    }

    @Override
    public String getRequestURI() {
        return path;
    }

    @Override
    public String getContextPath() {
        return "";
    }

    @Override
    public boolean isAsyncStarted() {
        return false;
    }

    @Override
    public @Nullable Principal getUserPrincipal() {
        return null;
    }

    @Override
    public @Nullable Object getAttribute(String name) {
        int at = indexOf(name);
        return at < attributes ? values[at] : null;
    }

    @Override
    public void setAttribute(String name, Object value) {
        int at = indexOf(name);
        names[at] = name;
        values[at] = value;
        attributes = Math.max(attributes, at + 1);
    }

    @Override
    public void removeAttribute(String name) {
        int at = indexOf(name);
        if (at < attributes) {
            attributes--;
            names[at] = names[attributes];
            values[at] = values[attributes];
        }
    }

    private int indexOf(String name) {
        int at = 0;
        while (at < attributes && !names[at].equals(name)) {
            at++;
        }
        return at;
    }
}
