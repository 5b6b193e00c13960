package io.millisight.benchmarks.recording;

import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;

/** As much of a container's response as the filters ask for, at no cost of its own; anything else is refused. */
final class StubResponse extends HttpServletResponseWrapper {

    private String header = "";

    StubResponse() {
        super(StubRequest.refusing(HttpServletResponse.class));
    }

    @Override
    public int getStatus() {
        return SC_OK;
    }

    @Override
    public boolean isCommitted() {
        return false;
    }

    @Override
    public void setHeader(String name, String value) {
        header = value;
    }

    /** The header that was set last. */
    String header() {
        return header;
    }
}
