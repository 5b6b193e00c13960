package io.millisight.servlet;

import io.millisight.Millisight;
import io.millisight.health.HealthCheck;
import io.millisight.health.HealthResult;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** What a web application brings along, a health check among it. */
public class OwnServlet extends HttpServlet {

    @Override
    public void init() {
        if (getServletContext().getAttribute("io.millisight.Millisight") instanceof Millisight millisight) {
            millisight
                    .health()
                    .add(HealthCheck.named("stock", timeout -> HealthResult.healthy())
                            .build());
        }
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.getWriter().print("own");
    }
}
