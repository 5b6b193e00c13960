package com.example.service;

import java.io.IOException;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** Serves until the bench hangs up, so that no service outlives its bench. */
@SpringBootApplication
public class ServiceApplication {

    public static void main(String[] args) throws IOException {
        try (ConfigurableApplicationContext context = SpringApplication.run(ServiceApplication.class, args);
                Gauge gauge = new Gauge(Integer.getInteger("bench.port"))) {
            gauge.answer(context.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
        }
    }
}
