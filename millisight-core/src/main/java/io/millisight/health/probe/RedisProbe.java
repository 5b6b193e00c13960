package io.millisight.health.probe;

import io.millisight.health.HealthProbe;
import io.millisight.health.HealthResult;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Asks a Redis server how it is, with AUTH, PING and INFO on a connection of its own. Immutable.
 *
 * <p>Needs no Redis client. Whatever the other side sends or does not send, the exchange ends at the timeout and takes at
 * most a megabyte or two of memory; see {@link RedisInfo} for what is made of the answer. A user of the server's ACL who
 * may not ask for INFO still gets an answer: healthy, without figures.
 */
public final class RedisProbe implements HealthProbe {

    private static final int DEFAULT_PORT = 6379;

    private final String host;
    private final int port;
    private final boolean secure;
    private final @Nullable String user;
    private final @Nullable String password;
    private final @Nullable SSLContext context;

    private RedisProbe(
            String host,
            int port,
            boolean secure,
            @Nullable String user,
            @Nullable String password,
            @Nullable SSLContext context) {
        this.host = host;
        this.port = port;
        this.secure = secure;
        this.user = user;
        this.password = password;
        this.context = context;
    }

    /**
     * A probe of the server at a URL.
     *
     * @param url {@code redis://[user:password@]host[:port]}, or {@code rediss://} for TLS; special characters of user and
     *     password as {@code %40}. A password alone may be given as {@code :password@} or {@code password@}. A path, the
     *     number of a database, makes no difference
     * @throws IllegalArgumentException when it is not such a URL; the message does not contain the password
     */
    public static RedisProbe of(URI url) {
        boolean secure = "rediss".equalsIgnoreCase(url.getScheme());
        if ((!secure && !"redis".equalsIgnoreCase(url.getScheme())) || url.getHost() == null) {
            throw new IllegalArgumentException("Redis URL: scheme '" + url.getScheme() + "', host '" + url.getHost()
                    + "'; allowed: redis://[user:password@]host[:port] or rediss://, special characters as %40");
        }
        String userInfo = url.getRawUserInfo();
        int colon = userInfo == null ? -1 : userInfo.indexOf(':');
        return new RedisProbe(
                url.getHost().startsWith("[")
                        ? url.getHost().substring(1, url.getHost().length() - 1)
                        : url.getHost(),
                url.getPort() < 0 ? DEFAULT_PORT : url.getPort(),
                secure,
                userInfo == null || colon <= 0 ? null : decoded(userInfo.substring(0, colon)),
                userInfo == null ? null : decoded(userInfo.substring(colon + 1)),
                null);
    }

    /** A plus is a plus here; only in forms it is a blank. */
    private static String decoded(String raw) {
        return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** With other certificates to trust, or to show, than those of the JVM; for {@code rediss://}. */
    public RedisProbe withSslContext(SSLContext context) {
        return new RedisProbe(host, port, secure, user, password, context);
    }

    @Override
    public HealthResult check(Duration timeout) throws InterruptedException {
        try (RespConnection redis = RespConnection.open(host, port, secure, context, Deadline.in(timeout))) {
            return exchange(redis);
        } catch (ProtocolException e) {
            return HealthResult.down(
                    "what listens at " + host + ":" + port + " is not Redis, or is broken: " + Reason.of(e, password));
        } catch (IOException e) {
            DeadlineSocket.rethrowInterruption(e);
            return HealthResult.down("Redis at " + host + ":" + port + " cannot be asked: " + Reason.of(e, password));
        }
    }

    private HealthResult exchange(RespConnection redis) throws IOException {
        if (password != null) {
            RespConnection.Reply welcome =
                    user == null ? redis.ask("AUTH", password) : redis.ask("AUTH", user, password);
            if (welcome.error()) {
                return HealthResult.down("Redis at " + host + ":" + port
                        + " refuses the user or password in its URL, which is to be corrected: "
                        + Reason.line(welcome.text(), password));
            }
        }
        RespConnection.Reply pong = redis.ask("PING");
        if (pong.refusedWith("LOADING")) {
            return HealthResult.degraded("Redis is loading its data from disk");
        }
        if (pong.refusedWith("NOAUTH")) {
            return HealthResult.down(
                    "Redis wants a password: give it in the URL, redis://user:password@" + host + ":" + port);
        }
        if (pong.error() && !pong.refusedWith("NOPERM")) {
            return HealthResult.down("Redis at " + host + ":" + port + " answers a PING with an error: "
                    + Reason.line(pong.text(), password));
        }
        if (!pong.error() && !pong.text().equals("PONG")) {
            throw new ProtocolException("it answers a PING with '" + pong.text() + "'");
        }
        RespConnection.Reply info = redis.ask("INFO");
        if (info.error()) {
            return HealthResult.healthy().with("info", "not available: " + Reason.line(info.text(), password));
        }
        return RedisInfo.judge(RedisInfo.parse(info.text()));
    }
}
