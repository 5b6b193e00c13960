package io.millisight.spring;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/** An application that answers in every shape Spring MVC has. Its tests bring their own databases. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration(
        excludeName = {
            "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration",
            "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
            "org.springframework.boot.autoconfigure.data.redis.RedisAutoConfiguration",
            "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration",
        })
class TestShop {

    @RestController
    static class Pages {

        @GetMapping("/products/{id}")
        String product(@PathVariable("id") String id) {
            return "product " + id;
        }

        @PostMapping("/products")
        @ResponseStatus(HttpStatus.CREATED)
        String create() {
            return "made";
        }

        @GetMapping("/empty")
        ResponseEntity<Void> empty() {
            return ResponseEntity.noContent().build();
        }

        @GetMapping("/moved")
        void moved(HttpServletResponse response) throws IOException {
            response.sendRedirect("/products/1");
        }

        @GetMapping("/same")
        ResponseEntity<Void> same() {
            return ResponseEntity.status(HttpStatus.NOT_MODIFIED).build();
        }

        @GetMapping("/fails")
        ResponseEntity<String> fails() {
            return ResponseEntity.internalServerError().body("failed");
        }

        @GetMapping("/throws/{id}")
        String fail(@PathVariable("id") String id) {
            throw new IllegalStateException("meant to fail");
        }

        @GetMapping("/deferred")
        DeferredResult<String> deferred() {
            DeferredResult<String> result = new DeferredResult<>();
            result.setResult("later");
            return result;
        }

        @GetMapping("/callable")
        Callable<String> callable() {
            return () -> "elsewhere";
        }

        @GetMapping("/streamed")
        StreamingResponseBody streamed() {
            byte[] line = "0123456789\n".getBytes(StandardCharsets.US_ASCII);
            return out -> {
                for (int i = 0; i < 20_000; i++) {
                    out.write(line);
                }
            };
        }
    }
}
