package io.millisight.servlet;

import jakarta.servlet.ServletException;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/**
 * Tells when a request ends, in Tomcat: to be put before its hosts, which dispatch to error pages. In place of a listener,
 * for which Tomcat makes an event of every attribute that any framework sets on any request.
 *
 * <p>Used only where Tomcat is: nobody else may load this class.
 */
public final class RequestEndsValve extends ValveBase implements RequestEndsTeller {

    /** A valve in no pipeline yet. */
    public RequestEndsValve() {
        super(true); // asynchronous requests may pass
    }

    @Override
    public boolean isInPlace() {
        return getContainer() != null;
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        try {
            getNext().invoke(request, response);
        } finally {
            RequestEnds.ended(request);
        }
    }
}
