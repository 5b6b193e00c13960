package io.millisight.spring.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.Millisight;
import io.millisight.MillisightConfig;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Mono;

/** Whatever is wrong with us or the server, the application is called once, and what it answers or throws is passed on. */
class ObservedHandlerTest {

    @TempDir
    private Path data;

    private Millisight millisight;
    private ObservedHandler observed;

    @BeforeEach
    void start() {
        millisight = Millisight.start(MillisightConfig.builder()
                .dataDirectory(data)
                .store("memory")
                .requestLogLimit(0)
                .build());
        observed = new ObservedHandler(millisight);
    }

    @AfterEach
    void stop() {
        millisight.close();
    }

    @Test
    void isTheOutermost() {
        assertThat(observed.getOrder()).isEqualTo(Ordered.HIGHEST_PRECEDENCE);
    }

    @Test
    void recordsAndThrowsOnWhatTheApplicationThrowsAtOnce() {
        HttpHandler handler = observed.apply((request, response) -> {
            throw new IllegalStateException("the application's");
        });

        assertThatThrownBy(() -> handler.handle(new Probe("/x"), new Probe.Response()))
                .hasMessage("the application's");

        assertRecordedOnce();
    }

    @Test
    void setsTheHeaderWhereNobodyTellsTheCommit() {
        ServerHttpResponse deaf = new ServerHttpResponseDecorator(new Probe.Response()) {
            @Override
            public void beforeCommit(Supplier<? extends Mono<Void>> action) {
                throw new IllegalStateException("beforeCommit");
            }
        };

        observed.apply((request, response) -> response.setComplete())
                .handle(new Probe("/x"), deaf)
                .block();

        assertThat(deaf.getHeaders().getFirst("X-Response-Time")).endsWith("ms");
        assertThat(observed.faults().count()).isPositive();
        assertRecordedOnce();
    }

    @Test
    void passesOnTheApplicationsErrorWhenTheServerCannotSayWhatIsSent() {
        ServerHttpResponse mute = new ServerHttpResponseDecorator(new Probe.Response()) {
            @Override
            public boolean isCommitted() {
                throw new IllegalStateException("isCommitted");
            }
        };
        Mono<Void> failing = Mono.error(new IllegalStateException("the application's"));

        assertThatThrownBy(() -> observed.apply((request, response) -> failing)
                        .handle(new Probe("/x"), mute)
                        .block())
                .hasMessage("the application's");

        assertThat(observed.faults().count()).isPositive();
        assertThat(millisight.inFlight().count()).isZero();
    }

    private void assertRecordedOnce() {
        assertThat(millisight.summary().totalRequests()).isEqualTo(1);
        assertThat(millisight.inFlight().count()).isZero();
    }
}
