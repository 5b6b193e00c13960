package io.millisight.spring.reactive;

import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Outermost among the filters: shows the observation the exchange, and failures before an error handler makes responses of them. */
final class ObservingWebFilter implements WebFilter, Ordered {

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        PendingObservation pending = PendingObservation.of(exchange);
        if (pending == null) {
            return chain.filter(exchange);
        }
        pending.entered(exchange);
        return chain.filter(exchange).doOnError(pending::failed);
    }
}
