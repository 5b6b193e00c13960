package io.millisight.spring.reactive;

import java.security.Principal;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebExchangeDecorator;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * Asks for the authenticated user. Innermost, behind Spring Security, whose principal is in the context of what it lets
 * pass.
 *
 * <p>The principal is asked for once, and what the application then gets is that same answer. Nothing waits for it: a request that ends before
 * its user is known has none.
 */
final class UserIdWebFilter implements WebFilter, Ordered {

    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        PendingObservation pending = PendingObservation.of(exchange);
        if (pending == null || !pending.observer().keepsUserIds()) {
            return chain.filter(exchange);
        }
        Mono<Principal> principal = exchange.getPrincipal();
        if (principal == Mono.<Principal>empty()) { // nobody authenticates
            return chain.filter(exchange);
        }
        Mono<Principal> once =
                principal.doOnNext(user -> pending.user(user.getName())).cache();
        return Mono.deferContextual(context -> {
            ask(once, pending, context);
            return chain.filter(new Asked(exchange, once));
        });
    }

    private static void ask(Mono<Principal> principal, PendingObservation pending, ContextView context) {
        try {
            principal
                    .contextWrite(context)
                    .subscribe(user -> {}, failure -> {}); // a failure is for whoever needs the user
        } catch (Throwable fault) {
            pending.observer().faults().count("principal", fault);
        }
    }

    /** The exchange, with the principal that has been asked for. */
    private static final class Asked extends ServerWebExchangeDecorator {

        private final Mono<Principal> principal;

        Asked(ServerWebExchange exchange, Mono<Principal> principal) {
            super(exchange);
            this.principal = principal;
        }

        @Override
        @SuppressWarnings("unchecked") // as in the class above: whoever asks knows the type
        public <T extends Principal> Mono<T> getPrincipal() {
            return (Mono<T>) principal;
        }
    }
}
