package io.millisight.live;

import static io.millisight.live.Requests.MS;
import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.CapturedLog;
import io.millisight.journal.JournalCursor;
import io.millisight.testkit.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

class RequestLogTest {

    private final ManualClock clock = new ManualClock();
    private final Requests requests = new Requests();
    private final CapturedLog logger = new CapturedLog();
    private final RequestLog log = new RequestLog(clock, 5, logger);

    @Test
    void writesOneLineARequest() {
        log.accept(requests.at("GET /api/{what}", "/api/agents", 45_230_000L));

        assertThat(logger.lines()).containsExactly("INFO GET /api/agents - 200 - 45.23ms");
    }

    @Test
    void namesTheRouteWhereThePathWasNotKept() {
        log.accept(requests.failed("POST /orders/{id}", 5_000L));

        assertThat(logger.lines()).containsExactly("INFO POST /orders/{id} - 500 - 0.01ms");
    }

    @Test
    void noPathCanForgeALineOrColourTheTerminal() {
        log.accept(requests.at("GET /{any}", "/a\r\nGET /fake - 200\u001b[31m\u0085\u2028\u2029\u202e\u007f{}é", MS));

        assertThat(logger.lines())
                .containsExactly("INFO GET /a\\u000d\\u000aGET /fake - 200\\u001b[31m"
                        + "\\u0085\\u2028\\u2029\\u202e\\u007f{}é - 200 - 1.00ms");
    }

    @Test
    void aCeilingHoldsForEverySecondAndTheExcessIsCounted() {
        accept(8);
        assertThat(logger.lines()).hasSize(5);

        clock.advance(Duration.ofMillis(999));
        accept(1);
        assertThat(logger.lines()).hasSize(5);

        clock.advance(Duration.ofMillis(1));
        accept(1);
        assertThat(logger.lines()).hasSize(7);
        assertThat(logger.lines().get(5)).isEqualTo("INFO 4 requests not logged: more than 5 lines a second");
        assertThat(logger.lines().get(6)).isEqualTo("INFO GET /a - 200 - 1.00ms");
    }

    @Test
    void theExcessIsToldAlsoWhenNoMoreRequestsCome() {
        accept(6);
        clock.advance(Duration.ofSeconds(2));

        drained();
        drained();

        assertThat(logger.lines()).hasSize(6).endsWith("INFO 1 requests not logged: more than 5 lines a second");
    }

    @Test
    void pathsAreNotWantedFromTheCeilingToTheEndOfTheSecond() {
        accept(5);
        assertThat(log.wantsPaths()).as("until the next drain").isTrue();
        drained();
        assertThat(log.wantsPaths()).isFalse();

        clock.advance(Duration.ofMillis(999));
        drained();
        assertThat(log.wantsPaths()).isFalse();

        clock.advance(Duration.ofMillis(1));
        drained();
        assertThat(log.wantsPaths()).isTrue();
    }

    @Test
    void whatCouldNotKeepItsPathIsHeldBackForWhatCan() {
        accept(5);
        drained();
        clock.advance(Duration.ofSeconds(1));

        accept(1);
        drained();
        accept(1);
        log.accept(requests.at("GET /a/{id}", "/a/1", MS));
        drained();
        accept(1);

        assertThat(logger.lines().subList(5, 7))
                .containsExactly("INFO GET /a/1 - 200 - 1.00ms", "INFO GET /a - 200 - 1.00ms");
        clock.advance(Duration.ofSeconds(1));
        drained();
        assertThat(logger.lines()).endsWith("INFO 2 requests not logged: more than 5 lines a second");
    }

    @Test
    void theCeilingFollowsTheMonotonicClock() {
        accept(5);
        clock.setEpochMicros(clock.epochMicros() + 3_600_000_000L);

        accept(1);

        assertThat(logger.lines()).hasSize(5);
    }

    @Test
    void aLimitOfZeroTurnsItOff() {
        RequestLog off = new RequestLog(clock, 0, logger);

        off.accept(requests.request("GET /a", MS));
        off.drained(JournalCursor.of(0), clock.epochMicros());

        assertThat(off.wantsPaths()).isFalse();
        assertThat(logger.lines()).isEmpty();
    }

    @Test
    void followsTheLevelOfItsLoggerFromDrainToDrain() {
        assertThat(log.wantsPaths()).isTrue();

        logger.setLevel(Level.WARN);
        drained();
        accept(1);
        assertThat(log.wantsPaths()).isFalse();
        assertThat(logger.lines()).isEmpty();

        logger.setLevel(Level.INFO);
        drained();
        accept(1);
        assertThat(log.wantsPaths()).isTrue();
        assertThat(logger.lines()).hasSize(1);
    }

    @Test
    void isOnByDefaultWhereInfoIs() {
        assertThat(new RequestLog(clock, 100).wantsPaths()).isTrue();
    }

    @Test
    void durationsAreMillisecondsWithTwoDecimals() {
        assertThat(LogText.millis(0)).isEqualTo("0.00ms");
        assertThat(LogText.millis(4_999)).isEqualTo("0.00ms");
        assertThat(LogText.millis(5_000)).isEqualTo("0.01ms");
        assertThat(LogText.millis(45_230_000)).isEqualTo("45.23ms");
        assertThat(LogText.millis(999_995_000)).isEqualTo("1000.00ms");
        assertThat(LogText.millis(Long.MAX_VALUE)).isEqualTo("9223372036854.78ms");
    }

    private void accept(int times) {
        for (int i = 0; i < times; i++) {
            log.accept(requests.request("GET /a", MS));
        }
    }

    private void drained() {
        log.drained(JournalCursor.of(0), clock.epochMicros());
    }

    @Test
    void writesNothingThatALoggerOrATerminalActsUpon() {
        assertThat(LogText.escape("${jndi:ldap://x} $5 {}")).isEqualTo("\\u0024{jndi:ldap://x} $5 {}");
        assertThat(LogText.escape("a\udb40\udc67b \ud83d\udc4d")).isEqualTo("a\\udb40\\udc67b \ud83d\udc4d");
        assertThat(LogText.escape("\ud83d|\udc4d")).isEqualTo("\\ud83d|\\udc4d");
        assertThat(LogText.escape("\u202e\u2028\u001b[0m\r\n")).isEqualTo("\\u202e\\u2028\\u001b[0m\\u000d\\u000a");
    }
}
