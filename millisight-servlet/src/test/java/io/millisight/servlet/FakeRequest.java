package io.millisight.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.MappingMatch;
import java.lang.reflect.Proxy;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/** A GET of /orders, mapped exactly. Answers what a filter asks, without allocating; what else is asked is null. */
final class FakeRequest extends HttpServletRequestWrapper implements HttpServletMapping {

    private @Nullable Object pending;

    FakeRequest() {
        super(nothing(HttpServletRequest.class));
    }

    /** Answers null to everything. */
    static <T> T nothing(Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, given) -> null));
    }

    /** Makes it a new one. */
    void recycle() {
        pending = null;
    }

    @Override
    public String getMethod() {
        return "GET";
    }

    @Override
    public String getRequestURI() {
        return "/orders";
    }

    @Override
    public String getContextPath() {
        return "";
    }

    @Override
    public DispatcherType getDispatcherType() {
        return DispatcherType.REQUEST;
    }

    @Override
    public Object getAttribute(String name) {
        return name.equals(MillisightFilter.PENDING) ? pending : null;
    }

    @Override
    public void setAttribute(String name, Object value) {
        pending = value;
    }

    @Override
    public boolean isAsyncStarted() {
        return false;
    }

    @Override
    public Principal getUserPrincipal() {
        return null;
    }

    @Override
    public HttpServletMapping getHttpServletMapping() {
        return this;
    }

    @Override
    public String getMatchValue() {
        return "orders";
    }

    @Override
    public String getPattern() {
        return "/orders";
    }

    @Override
    public String getServletName() {
        return "orders";
    }

    @Override
    public MappingMatch getMappingMatch() {
        return MappingMatch.EXACT;
    }
}
