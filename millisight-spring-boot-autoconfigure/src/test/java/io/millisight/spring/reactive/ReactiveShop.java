package io.millisight.spring.reactive;

import java.security.Principal;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsWebFilter;
import org.springframework.web.cors.reactive.UrlBasedCorsConfigurationSource;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** An application that answers in every shape WebFlux has. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration(
        excludeName = {
            "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration",
            "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
            "org.springframework.boot.autoconfigure.data.redis.RedisAutoConfiguration",
            "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration",
            "org.springframework.boot.autoconfigure.data.redis.RedisReactiveAutoConfiguration",
            "org.springframework.boot.data.redis.autoconfigure.DataRedisReactiveAutoConfiguration",
        })
class ReactiveShop {

    static final int LARGE = 1 << 20;

    /** One permit for each request that has come to a handler that does not answer. */
    static final Semaphore ENTERED = new Semaphore(0);

    /** How often the principal was asked for. */
    static final AtomicInteger LOOK_UPS = new AtomicInteger();

    static void awaitEntered() throws InterruptedException {
        if (!ENTERED.tryAcquire(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("no request came");
        }
    }

    private static DataBuffer bytes(int length) {
        return DefaultDataBufferFactory.sharedInstance.wrap(new byte[length]);
    }

    /** Inside ours: limits, breaks the commit, knows users. */
    @Bean
    @Order(0)
    WebFilter limit() {
        return (exchange, chain) -> {
            String path = exchange.getRequest().getPath().value();
            if (path.equals("/limited")) {
                exchange.getResponse().setStatusCode(HttpStatus.TOO_MANY_REQUESTS);
                return exchange.getResponse().setComplete();
            }
            if (path.equals("/commit-fails")) {
                exchange.getResponse().beforeCommit(() -> Mono.error(new IllegalStateException("no session store")));
            }
            if (path.equals("/commit-decides")) {
                exchange.getResponse().beforeCommit(() -> {
                    exchange.getResponse().setStatusCode(HttpStatus.ACCEPTED);
                    return Mono.empty();
                });
            }
            String user = exchange.getRequest().getHeaders().getFirst("X-User");
            if (user == null) {
                return chain.filter(exchange);
            }
            Mono<Principal> principal = user.equals("unknown-yet")
                    ? Mono.never()
                    : Mono.fromSupplier(() -> {
                        LOOK_UPS.incrementAndGet();
                        return () -> user;
                    });
            return chain.filter(exchange.mutate().principal(principal).build());
        };
    }

    @Bean
    @Order(1)
    CorsWebFilter cors() {
        CorsConfiguration friends = new CorsConfiguration();
        friends.addAllowedOrigin("http://friend.example");
        UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
        source.registerCorsConfiguration("/mono/**", friends);
        return new CorsWebFilter(source);
    }

    @Bean
    RouterFunction<ServerResponse> functions() {
        return RouterFunctions.route()
                .GET("/functions/{name}", request -> ServerResponse.ok().bodyValue(request.pathVariable("name")))
                .path(
                        "/nested/{group}",
                        nested -> nested.GET(
                                "/{name}", request -> ServerResponse.ok().bodyValue(request.path())))
                .route(
                        RequestPredicates.headers(headers -> headers.firstHeader("X-Any") != null),
                        request -> ServerResponse.ok().bodyValue("any"))
                .build();
    }

    @Bean
    HandlerMapping sockets() {
        WebSocketHandler stays = session -> session.receive().then();
        WebSocketHandler leaves = session -> Mono.empty();
        return new SimpleUrlHandlerMapping(Map.of("/socket", stays, "/socket-closed", leaves), 1);
    }

    @RestController
    static class Pages {

        @GetMapping("/mono/{id}")
        Mono<String> mono(@PathVariable("id") String id) {
            return Mono.just("mono " + id);
        }

        @GetMapping("/plain/{id}")
        String plain(@PathVariable("id") String id) {
            return "plain " + id;
        }

        @GetMapping(path = "/flux", produces = MediaType.TEXT_PLAIN_VALUE)
        Flux<String> flux() {
            return Flux.range(0, 100).map(i -> "line " + i + "\n");
        }

        @GetMapping("/json")
        Flux<Map<String, Integer>> json() {
            return Flux.range(0, 100).map(i -> Map.of("line", i));
        }

        @GetMapping("/empty")
        Mono<Void> empty() {
            return Mono.empty();
        }

        @GetMapping("/entity/{status}")
        Mono<ResponseEntity<Void>> entity(@PathVariable("status") int status) {
            return Mono.just(
                    ResponseEntity.status(status).header("X-Asked", "" + status).build());
        }

        @GetMapping("/fails")
        ResponseEntity<String> fails() {
            return ResponseEntity.internalServerError().body("failed");
        }

        @GetMapping("/throws/{id}")
        Mono<String> fail(@PathVariable("id") String id) {
            throw new IllegalStateException("meant to fail");
        }

        @GetMapping("/error")
        Mono<String> error() {
            return Mono.delay(Duration.ofMillis(1)).then(Mono.error(new IllegalStateException("meant to fail")));
        }

        @GetMapping("/refuses")
        Mono<String> refuses() {
            return Mono.error(new ResponseStatusException(HttpStatus.CONFLICT));
        }

        @GetMapping("/refuses-by-type")
        Mono<String> refusesByType() {
            return Mono.error(new Gone());
        }

        @ResponseStatus(HttpStatus.GONE)
        static final class Gone extends RuntimeException {
            private static final long serialVersionUID = 1;
        }

        @GetMapping(path = "/breaks", produces = MediaType.TEXT_PLAIN_VALUE)
        Flux<String> breaks() {
            return Flux.concat(
                    Mono.just("begun"),
                    Mono.delay(Duration.ofMillis(1)).then(Mono.error(new IllegalStateException("meant to fail"))));
        }

        @GetMapping("/later")
        Mono<String> later() {
            return Mono.delay(Duration.ofMillis(20)).thenReturn("later");
        }

        @GetMapping("/timeout")
        Mono<String> timeout() {
            return Mono.<String>never().timeout(Duration.ofMillis(10));
        }

        @GetMapping("/timeout-answered")
        Mono<String> timeoutAnswered() {
            return Mono.<String>never().timeout(Duration.ofMillis(10), Mono.just("instead"));
        }

        @GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
        Flux<String> events() {
            return Flux.just("first")
                    .concatWith(Mono.delay(Duration.ofMillis(50)).thenReturn("second"));
        }

        @GetMapping(path = "/events-open", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
        Flux<String> eventsOpen() {
            return Flux.interval(Duration.ofMillis(2)).onBackpressureDrop().map(i -> "event " + i);
        }

        @GetMapping(path = "/events-timeout", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
        Flux<String> eventsTimeout() {
            return Flux.just("first").concatWith(Mono.<String>never().timeout(Duration.ofMillis(10)));
        }

        @GetMapping(path = "/chunks", produces = MediaType.APPLICATION_OCTET_STREAM_VALUE)
        Mono<Void> chunks(ServerHttpResponse response) {
            return response.writeAndFlushWith(Flux.range(0, 20).map(i -> Mono.fromSupplier(() -> bytes(1_000))));
        }

        @GetMapping("/large")
        Mono<byte[]> large() {
            return Mono.just(new byte[LARGE]);
        }

        @GetMapping(path = "/buffers", produces = MediaType.APPLICATION_OCTET_STREAM_VALUE)
        Flux<DataBuffer> buffers() {
            return Flux.range(0, 64).map(i -> bytes(LARGE / 64));
        }

        @GetMapping("/sized")
        Mono<Void> sized(ServerHttpResponse response) {
            response.getHeaders().setContentLength(LARGE);
            return response.writeWith(buffers());
        }

        /** Has all its bytes long before it ends. */
        @GetMapping("/sized-held")
        Mono<Void> sizedHeld(ServerHttpResponse response) {
            response.getHeaders().setContentLength(10);
            return response.writeAndFlushWith(Flux.just(Flux.just(bytes(10))).concatWith(Flux.never()));
        }

        @PostMapping("/echo")
        Mono<String> echo(@RequestBody Mono<byte[]> body) {
            return body.map(bytes -> "" + bytes.length);
        }

        @GetMapping("/never")
        Mono<String> never() {
            return Mono.<String>never().doOnSubscribe(s -> ENTERED.release());
        }

        @GetMapping(path = "/endless", produces = MediaType.APPLICATION_OCTET_STREAM_VALUE)
        Flux<DataBuffer> endless() {
            return Flux.generate(sink -> sink.next(bytes(1_000)));
        }

        @GetMapping("/who")
        Mono<String> who(Principal principal) {
            return Mono.just(principal.getName());
        }

        @GetMapping("/anyone")
        Mono<String> anyone() {
            return Mono.just("anyone");
        }

        @GetMapping("/commit-fails")
        Mono<Void> commitFails() {
            return Mono.empty();
        }

        @GetMapping("/commit-decides")
        Mono<String> commitDecides() {
            return Mono.just("decided");
        }
    }
}
