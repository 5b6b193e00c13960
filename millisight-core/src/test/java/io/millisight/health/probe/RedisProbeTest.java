package io.millisight.health.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.health.HealthResult;
import io.millisight.health.HealthStatus;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a real Redis; against raw sockets where the other side is not one. */
class RedisProbeTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(300);

    private static RealRedis redis;

    @BeforeAll
    static void startRedis() {
        redis = RealRedis.start();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    private static RedisProbe probe(int port) {
        return RedisProbe.of(URI.create("redis://localhost:" + port));
    }

    /** Sends commands; each is to succeed. */
    private static void send(RealRedis to, String... commands) throws IOException {
        try (RespConnection connection = RespConnection.open("localhost", to.port(), false, null, Deadline.in(LONG))) {
            for (String command : commands) {
                RespConnection.Reply reply = connection.ask(command.split(" "));
                assertThat(reply.error()).as(reply.text()).isFalse();
            }
        }
    }

    @Test
    void isHealthyAndTellsVersionRoleAndMemory() throws Exception {
        HealthResult result = probe(redis.port()).check(LONG);

        assertThat(result.status()).isEqualTo(HealthStatus.HEALTHY);
        assertThat(result.message()).isNull();
        assertThat(result.details())
                .containsEntry("product", "Redis")
                .containsEntry("role", "master")
                .containsEntry("max_memory", 0L)
                .containsEntry("connected_replicas", 0L)
                .containsKeys("version", "used_memory", "connected_clients");
    }

    @Test
    void leavesNoConnectionBehind() throws Exception {
        for (int i = 0; i < 5; i++) {
            probe(redis.port()).check(LONG);
        }
        HealthResult last = probe(redis.port()).check(LONG);

        assertThat((Long) last.details().get("connected_clients")).isLessThanOrEqualTo(2);
    }

    @Test
    void isDownWhileTheServerIsFrozenAndReturnsWhenItIsThawed() throws Exception {
        redis.suspend();
        HealthResult frozen;
        try {
            frozen = probe(redis.port()).check(SHORT);
        } finally {
            redis.resume();
        }

        assertThat(frozen.status()).isEqualTo(HealthStatus.DOWN);
        assertThat(frozen.message())
                .isEqualTo("Redis at localhost:" + redis.port() + " cannot be asked: no answer in time");
        assertThat(probe(redis.port()).check(LONG).status()).isEqualTo(HealthStatus.HEALTHY);
    }

    @Test
    void isDownWhenTheServerIsKilledAndReturnsWhenItIsStartedAgain() throws Exception {
        redis.kill();
        HealthResult killed;
        try {
            killed = probe(redis.port()).check(LONG);
        } finally {
            redis.restart();
        }

        assertThat(killed.status()).isEqualTo(HealthStatus.DOWN);
        assertThat(killed.message()).contains("localhost:" + redis.port(), "nothing listens there");
        assertThat(probe(redis.port()).check(LONG).status()).isEqualTo(HealthStatus.HEALTHY);
    }

    @Test
    void isDegradedWhileTheServerLoadsItsData() throws Exception {
        try (RealRedis loading = RealRedis.start("--rdbcompression", "no")) {
            send(loading, "DEBUG POPULATE 4000 key 5000", "SAVE");
            loading.kill();
            // Microseconds a key. While it loads, it listens to clients once in two megabytes.
            loading.restart("--key-load-delay", "2000");

            HealthResult result = probe(loading.port()).check(LONG);

            assertThat(result.status()).isEqualTo(HealthStatus.DEGRADED);
            assertThat(result.message()).isEqualTo("Redis is loading its data from disk");
        }
    }

    @Test
    void isDegradedWhenMemoryIsNearlyUsedUpAndMayNotBeEvicted() throws Exception {
        try (RealRedis full = RealRedis.start("--maxmemory-policy", "noeviction")) {
            send(full, "SET fill " + "x".repeat(3_000_000));
            long used = (Long) probe(full.port()).check(LONG).details().get("used_memory");
            send(full, "CONFIG SET maxmemory " + used * 105 / 100);

            HealthResult result = probe(full.port()).check(LONG);

            assertThat(result.status()).isEqualTo(HealthStatus.DEGRADED);
            assertThat(result.message()).contains("% of its maxmemory");
            assertThat(result.details()).containsEntry("max_memory", used * 105 / 100);
        }
    }

    @Test
    void tellsAReplicaFromItsMasterAndIsDegradedWhenTheMasterIsLost() throws Exception {
        try (RealRedis master = RealRedis.start("--repl-diskless-sync-delay", "0");
                RealRedis replica = RealRedis.start("--replicaof", "127.0.0.1", Integer.toString(master.port()))) {
            untilDetail(replica, "master_link", "up");
            untilDetail(master, "connected_replicas", 1L);
            HealthResult linked = probe(replica.port()).check(LONG);

            master.kill();
            untilDetail(replica, "master_link", "down");
            HealthResult lost = probe(replica.port()).check(LONG);

            assertThat(linked.status()).isEqualTo(HealthStatus.HEALTHY);
            assertThat(linked.details()).containsEntry("role", "replica").containsKeys("replication_lag_seconds");
            assertThat(lost.status()).isEqualTo(HealthStatus.DEGRADED);
            assertThat(lost.message()).contains("lost its master 127.0.0.1:" + master.port());
        }
    }

    private static void untilDetail(RealRedis of, String name, Object value) throws Exception {
        long until = System.nanoTime() + LONG.toNanos();
        HealthResult last = probe(of.port()).check(LONG);
        while (!value.equals(last.details().get(name)) && System.nanoTime() < until) {
            last = probe(of.port()).check(LONG);
        }
        assertThat(last.details()).containsEntry(name, value);
    }

    @Test
    void saysWhatToSetWhenTheServerWantsAPassword() throws Exception {
        try (RealRedis guarded = RealRedis.start("--requirepass", "s3cr3t/@+")) {
            HealthResult without = probe(guarded.port()).check(LONG);
            HealthResult wrong = RedisProbe.of(URI.create("redis://:wr0ng-pa55@localhost:" + guarded.port()))
                    .check(LONG);
            HealthResult right = RedisProbe.of(URI.create("redis://:s3cr3t%2F%40+@localhost:" + guarded.port()))
                    .check(LONG);

            assertThat(without.status()).isEqualTo(HealthStatus.DOWN);
            assertThat(without.message())
                    .isEqualTo("Redis wants a password: give it in the URL, redis://user:password@localhost:"
                            + guarded.port());
            assertThat(wrong.status()).isEqualTo(HealthStatus.DOWN);
            assertThat(wrong.message()).contains("user or password in its URL", "WRONGPASS");
            assertThat(wrong.message()).doesNotContain("wr0ng");
            assertThat(right.status()).isEqualTo(HealthStatus.HEALTHY);
        }
    }

    @Test
    void isHealthyWithoutFiguresForAUserThatMayNotAsk() throws Exception {
        send(redis, "ACL SETUSER watcher on >w4tch +ping", "ACL SETUSER blind on >w4tch -@all");

        HealthResult watcher = RedisProbe.of(URI.create("redis://watcher:w4tch@localhost:" + redis.port()))
                .check(LONG);
        HealthResult blind = RedisProbe.of(URI.create("redis://blind:w4tch@localhost:" + redis.port()))
                .check(LONG);

        assertThat(watcher.status()).isEqualTo(HealthStatus.HEALTHY);
        assertThat(watcher.details()).containsOnlyKeys("info");
        assertThat(watcher.details().get("info").toString()).startsWith("not available: NOPERM");
        assertThat(blind.status()).isEqualTo(HealthStatus.HEALTHY);
    }

    @Test
    void speaksTls(@TempDir Path folder) throws Exception {
        Certificates certificates = Certificates.validFor(30, folder);
        try (RealRedis secured = RealRedis.startSecured(certificates.certificateFile(), certificates.keyFile())) {
            URI url = URI.create("rediss://localhost:" + secured.port());

            HealthResult trusting =
                    RedisProbe.of(url).withSslContext(certificates.context()).check(LONG);
            HealthResult suspicious = RedisProbe.of(url).check(LONG);
            HealthResult plain = probe(secured.port()).check(LONG);

            assertThat(trusting.status()).isEqualTo(HealthStatus.HEALTHY);
            assertThat(suspicious.status()).isEqualTo(HealthStatus.DOWN);
            assertThat(suspicious.message()).contains("unable to find valid certification path");
            assertThat(plain.status()).isEqualTo(HealthStatus.DOWN);
        }
    }

    @Test
    void isDownWhenTheServerDoesNotSpeakTls() throws Exception {
        HealthResult result =
                RedisProbe.of(URI.create("rediss://localhost:" + redis.port())).check(Duration.ofSeconds(2));

        assertThat(result.status()).isEqualTo(HealthStatus.DOWN);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTP/1.1 400 Bad Request\\r\\n\\r\\n | says 'HTTP/1.1 400 Bad Request'",
                "\\r\\n | an empty line",
                "+OK\\r\\n | answers a PING with 'OK'",
                "$-1\\r\\n | an answer of -1 bytes",
                "$99999999999\\r\\n | an answer of '99999999999' bytes",
                "$2147483647\\r\\n | an answer of 2147483647 bytes",
                "$4\\r\\nPONGS\\r\\n | more than it had announced",
                "$4\\r\\nPO | closes the connection in the middle of an answer",
                "+PO | closes the connection in the middle of an answer",
                "*1\\r\\n$4\\r\\nPONG\\r\\n | says '*1'",
                "'' | closes the connection without an answer",
                "-ERR max number of clients reached\\r\\n | ERR max number of clients reached",
                "-BUSY Redis is busy running a script\\r\\n | BUSY",
            })
    void isDownForAnAnswerThatIsNone(String answer, String said) throws Exception {
        try (Peer peer = Peer.thatAnswers(answer.replace("\\r\\n", "\r\n"))) {
            HealthResult result = probe(peer.port()).check(LONG);

            assertThat(result.status()).isEqualTo(HealthStatus.DOWN);
            assertThat(result.message()).contains("localhost:" + peer.port()).contains(said);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "+", "$1000\r\n"})
    void isDownInTimeWhenTheAnswerDrips(String first) throws Exception {
        try (Peer peer = Peer.thatDrips(first, 'x')) {
            long start = System.nanoTime();
            HealthResult result = probe(peer.port()).check(SHORT);

            assertThat(result.status()).isEqualTo(HealthStatus.DOWN);
            assertThat(result.message()).contains("no answer in time");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            assertThat(peer.isLeftAlone()).isTrue();
        }
    }

    @Test
    void isDownInTimeWhenTheTlsHandshakeDrips() throws Exception {
        // A handshake record of 16 KiB that comes a byte at a time.
        try (Peer peer = Peer.thatDrips("\u0016\u0003\u0003@\u0000", 'x')) {
            long start = System.nanoTime();
            HealthResult result = RedisProbe.of(URI.create("rediss://localhost:" + peer.port()))
                    .check(SHORT);

            assertThat(result.status()).isEqualTo(HealthStatus.DOWN);
            assertThat(result.message()).contains("no answer in time");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            assertThat(peer.isLeftAlone()).isTrue();
        }
    }

    @Test
    void isDownInTimeWhenNothingIsSaid() throws Exception {
        try (Peer peer = Peer.thatIsSilent()) {
            HealthResult result = probe(peer.port()).check(SHORT);

            assertThat(result.message()).contains("no answer in time");
        }
    }

    @Test
    void refusesALineWithoutEnd() throws Exception {
        try (Peer peer = Peer.thatFloods("+", 'x')) {
            HealthResult result = probe(peer.port()).check(LONG);

            assertThat(result.status()).isEqualTo(HealthStatus.DOWN);
            assertThat(result.message()).contains("a line of more than 4096 bytes");
            assertThat(peer.isLeftAlone()).isTrue();
        }
    }

    @Test
    void neverShowsThePasswordThatIsThrownBackAtIt() throws Exception {
        try (Peer peer = Peer.that((self, in, out) -> {
            byte[] request = new byte[8192];
            int length = in.read(request);
            String echo = new String(request, 0, length, StandardCharsets.UTF_8);
            out.write(("-ERR " + echo.replace("\r\n", " ") + "\r\n").getBytes(StandardCharsets.UTF_8));
        })) {
            HealthResult result = RedisProbe.of(URI.create("redis://shop:s3cr3t-pa55@localhost:" + peer.port()))
                    .check(LONG);

            assertThat(result.status()).isEqualTo(HealthStatus.DOWN);
            assertThat(result.message()).contains("AUTH").doesNotContain("s3cr3t-pa55");
        }
    }

    @Test
    void endsWhenInterrupted() throws Exception {
        try (Peer peer = Peer.thatIsSilent()) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread checking = new Thread(() -> {
                try {
                    probe(peer.port()).check(Duration.ofMinutes(5));
                } catch (InterruptedException e) {
                    thrown.set(e);
                }
            });
            checking.start();
            checking.interrupt();
            checking.join(10_000);

            assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
            assertThat(peer.isLeftAlone()).isTrue();
        }
    }

    @Test
    void isDownWhenItsHostIsNotKnown() throws Exception {
        HealthResult result =
                RedisProbe.of(URI.create("redis://nowhere.invalid")).check(LONG);

        assertThat(result.status()).isEqualTo(HealthStatus.DOWN);
        assertThat(result.message())
                .isEqualTo("Redis at nowhere.invalid:6379 cannot be asked: its host name is not known");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost", "localhost:6379", "redis:///0", "redis://bad_host:6379"})
    void refusesWhatIsNotTheUrlOfARedis(String url) {
        assertThatThrownBy(() -> RedisProbe.of(URI.create(url)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("redis://[user:password@]host[:port]");
    }

    @Test
    void takesAnIpv6Address() throws Exception {
        HealthResult result = RedisProbe.of(URI.create("redis://[::1]:1/0")).check(LONG);

        assertThat(result.message()).startsWith("Redis at ::1:1 cannot be asked");
        assertThat(result.details()).isEqualTo(Map.of());
    }
}
