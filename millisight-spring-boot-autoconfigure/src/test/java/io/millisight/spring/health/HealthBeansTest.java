package io.millisight.spring.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.Millisight;
import io.millisight.MillisightConfig;
import io.millisight.health.CheckState;
import io.millisight.health.HealthCheck;
import io.millisight.health.HealthConfig;
import io.millisight.health.HealthResult;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.data.redis.connection.RedisClusterConnection;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisServerCommands;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.sqlite.SQLiteDataSource;

/** Which beans become which checks: contexts without a server, as only the names are looked at here. */
class HealthBeansTest {

    private String log = "";

    @Test
    void checksTheOnlyDataSourceAsTheDatabase() {
        List<CheckState> checks = checks(context -> context.registerBean("orders", DataSource.class, sqlite()));

        assertThat(checks)
                .filteredOn(check -> check.name().startsWith("database"))
                .singleElement()
                .satisfies(check -> {
                    assertThat(check.name()).isEqualTo("database");
                    assertThat(check.critical()).isTrue();
                });
    }

    @Test
    void namesFurtherDataSourcesAfterTheirBeans() {
        assertThat(databases(context -> {
                    context.registerBean("reports", DataSource.class, sqlite());
                    context.registerBean("orders", DataSource.class, sqlite(), bean -> bean.setPrimary(true));
                }))
                .containsExactly("database", "database.reports");
    }

    @Test
    void namesAllAfterTheirBeansWhereNoneIsPrimary() {
        assertThat(databases(context -> {
                    context.registerBean("reports", DataSource.class, sqlite());
                    context.registerBean("orders", DataSource.class, sqlite());
                }))
                .containsExactly("database.reports", "database.orders");
    }

    @Test
    void checksTwoBeansThatAreOneObjectOnce() {
        DataSource one = new SQLiteDataSource();

        assertThat(databases(context -> {
                    context.registerBean("orders", DataSource.class, () -> one);
                    context.registerBean("reports", DataSource.class, () -> one);
                }))
                .containsExactly("database");
    }

    @Test
    void checksAWrapperAndWhatItWrapsOnce() {
        DataSource target = new SQLiteDataSource();

        assertThat(databases(context -> {
                    context.registerBean("target", DataSource.class, () -> target);
                    context.registerBean(
                            "lazy",
                            DataSource.class,
                            () -> new LazyConnectionDataSourceProxy(target),
                            bean -> bean.setPrimary(true));
                }))
                .containsExactly("database");
    }

    @Test
    void checksTheTargetsOfARoutingDataSource() {
        DataSource first = new SQLiteDataSource();
        DataSource second = new SQLiteDataSource();
        DataSource hidden = new SQLiteDataSource();

        assertThat(databases(context -> {
                    context.registerBean("first", DataSource.class, () -> first);
                    context.registerBean("second", DataSource.class, () -> second);
                    context.registerBean(
                            "routing",
                            DataSource.class,
                            () -> routing(first, Map.of("a", first, "b", second, "c", hidden)),
                            bean -> bean.setPrimary(true));
                }))
                .containsExactly("database", "database.second", "database.c");
    }

    @Test
    void asksNoRoutingDataSourceThatHasNoDefault() {
        assertThat(databases(context -> context.registerBean(
                        "routing", DataSource.class, () -> routing(null, Map.of("a", new SQLiteDataSource())))))
                .containsExactly("database.a");
    }

    @Test
    void checksAnEmbeddedDatabase() {
        assertThat(databases(context -> context.registerBean("embedded", DataSource.class, Embedded::new)))
                .containsExactly("database");
    }

    @Test
    void makesTheNamesOfBeansFit() {
        assertThat(databases(context -> {
                    context.registerBean("orders", DataSource.class, sqlite(), bean -> bean.setPrimary(true));
                    context.registerBean("eu/orders&x$1", DataSource.class, sqlite());
                    context.registerBean("long".repeat(50), DataSource.class, sqlite());
                }))
                .containsExactly(
                        "database", "database.eu-orders-x-1", ("database." + "long".repeat(50)).substring(0, 100));
    }

    @Test
    void passesOverTheTargetOfAScopedProxy() {
        assertThat(databases(context -> {
                    context.registerBean("orders", DataSource.class, sqlite());
                    context.registerBean(
                            "scopedTarget.orders",
                            DataSource.class,
                            sqlite(),
                            bean -> bean.setAutowireCandidate(false));
                }))
                .containsExactly("database");
    }

    @Test
    void startsWithoutTheBeanThatCannotBeMade() {
        assertThat(databases(context -> {
                    context.registerBean("orders", DataSource.class, sqlite());
                    context.registerBean(
                            "broken",
                            DataSource.class,
                            () -> {
                                throw new IllegalStateException("no such host");
                            },
                            bean -> bean.setLazyInit(true));
                }))
                .containsExactly("database");
        assertThat(log).contains("bean broken cannot be read");
    }

    @Test
    void startsWithoutAnyBeanThatCanBeMade() {
        assertThat(databases(context -> Stream.of("one", "two")
                        .forEach(name -> context.registerBean(
                                name,
                                DataSource.class,
                                () -> {
                                    throw new IllegalStateException("no such host");
                                },
                                bean -> bean.setLazyInit(true)))))
                .isEmpty();
    }

    @Test
    void startsWithoutTheIndicatorsThatCannotBeFound() {
        List<CheckState> checks = checks(context -> {
            context.registerBean(ActuatorIndicators.class, () -> taker -> {
                throw new IllegalStateException("none found");
            });
            context.registerBean("orders", DataSource.class, sqlite());
        });

        assertThat(checks).extracting(CheckState::name).contains("database");
        assertThat(log).contains("health indicators are not checked");
    }

    @Test
    void addsChecksAsTheyAreEachOnce() {
        HealthCheck stock = HealthCheck.named("stock", timeout -> HealthResult.healthy())
                .interval(Duration.ofMinutes(7))
                .build();

        List<CheckState> checks = checks(context -> {
            context.registerBean("stock", HealthCheck.class, () -> stock);
            context.registerBean("again", HealthCheck.class, () -> stock);
        });

        assertThat(checks)
                .filteredOn(check -> check.name().equals("stock"))
                .singleElement()
                .extracting(CheckState::interval)
                .isEqualTo(Duration.ofMinutes(7));
        assertThat(log).doesNotContain("taken");
    }

    @Test
    void leavesANameToWhoHasItAndSaysSoOnce() {
        List<CheckState> checks = checks(context -> {
            context.registerBean(
                    HealthCheck.class, () -> HealthCheck.named("database", timeout -> HealthResult.healthy())
                            .interval(Duration.ofMinutes(7))
                            .build());
            context.registerBean("orders", DataSource.class, sqlite());
        });

        assertThat(checks)
                .filteredOn(check -> check.name().equals("database"))
                .singleElement()
                .extracting(CheckState::interval)
                .isEqualTo(Duration.ofMinutes(7));
        assertThat(log.lines().filter(line -> line.contains("'database' is taken")))
                .hasSize(1);
    }

    @Test
    void checksRedisUnlessItIsConfigured() {
        Consumer<GenericApplicationContext> two = context -> {
            context.registerBean(
                    "cache", RedisConnectionFactory.class, () -> redis(RedisConnection.class, "PONG", null));
            context.registerBean(
                    "sessions",
                    RedisConnectionFactory.class,
                    () -> redis(RedisConnection.class, "PONG", null),
                    bean -> bean.setPrimary(true));
        };
        HealthConfig configured = new HealthConfig(
                Duration.ofSeconds(10), Duration.ofSeconds(5), Set.of(), Map.of(), URI.create("redis://localhost:1"));

        assertThat(checks(two)).extracting(CheckState::name).contains("redis", "redis.cache");
        assertThat(checks(configured, two)).extracting(CheckState::name).doesNotContain("redis.cache");
    }

    @Test
    void callsRedisDownThatAnswersSomethingElse() {
        HealthResult result =
                new RedisConnectionProbe(redis(RedisConnection.class, "PANG", null)).check(Duration.ofSeconds(1));

        assertThat(result).isEqualTo(HealthResult.down("PING was answered by PANG"));
    }

    @Test
    void asksAClusterNoMoreThanPing() {
        HealthResult result = new RedisConnectionProbe(redis(RedisClusterConnection.class, "PONG", null))
                .check(Duration.ofSeconds(1));

        assertThat(result).isEqualTo(HealthResult.healthy());
    }

    @Test
    void callsRedisHealthyWhereInfoIsForbidden() {
        HealthResult result = new RedisConnectionProbe(redis(RedisConnection.class, "PONG", () -> {
                    throw new InvalidDataAccessApiUsageException("NOPERM");
                }))
                .check(Duration.ofSeconds(1));

        assertThat(result).isEqualTo(HealthResult.healthy().with("info", "refused"));
    }

    @Test
    void addsNothingWhenDisabled() {
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            context.getEnvironment()
                    .getPropertySources()
                    .addFirst(new MapPropertySource("test", Map.of("millisight.enabled", "false")));
            context.registerBean("orders", DataSource.class, sqlite());
            start(context, HealthConfig.defaults());

            assertThat(context.getBeanNamesForType(HealthBeans.class)).isEmpty();
            assertThat(context.getBean(Millisight.class).health().has("database"))
                    .isFalse();
        }
    }

    private List<String> databases(Consumer<GenericApplicationContext> beans) {
        return checks(beans).stream()
                .map(CheckState::name)
                .filter(name -> name.startsWith("database"))
                .toList();
    }

    private List<CheckState> checks(Consumer<GenericApplicationContext> beans) {
        return checks(HealthConfig.defaults(), beans);
    }

    private List<CheckState> checks(HealthConfig config, Consumer<GenericApplicationContext> beans) {
        PrintStream err = System.err;
        ByteArrayOutputStream logged = new ByteArrayOutputStream();
        System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            beans.accept(context);
            start(context, config);
            return context.getBean(Millisight.class).health().summary().checks();
        } finally {
            System.setErr(err);
            log = logged.toString(StandardCharsets.UTF_8);
        }
    }

    private static void start(AnnotationConfigApplicationContext context, HealthConfig config) {
        context.registerBean(
                Millisight.class,
                () -> Millisight.start(MillisightConfig.builder()
                        .store("memory")
                        .health(config)
                        .build()));
        context.register(HealthAutoConfiguration.class);
        context.refresh();
    }

    private static Supplier<DataSource> sqlite() {
        return SQLiteDataSource::new;
    }

    private static DataSource routing(DataSource otherwise, Map<Object, Object> targets) {
        AbstractRoutingDataSource routing = new AbstractRoutingDataSource() {

            @Override
            protected Object determineCurrentLookupKey() {
                throw new IllegalStateException("asked outside of a request");
            }
        };
        routing.setTargetDataSources(targets);
        if (otherwise != null) {
            routing.setDefaultTargetDataSource(otherwise);
        }
        return routing;
    }

    /** A factory of connections that answer so; every one must be closed. */
    private static RedisConnectionFactory redis(
            Class<? extends RedisConnection> type, String pong, Supplier<Properties> info) {
        RedisServerCommands server = proxy(RedisServerCommands.class, method -> info.get());
        RedisConnection connection = proxy(type, method -> switch (method) {
            case "ping" -> pong;
            case "serverCommands" -> server;
            default -> null;
        });
        return proxy(RedisConnectionFactory.class, method -> method.equals("getConnection") ? connection : null);
    }

    private interface Answers {
        Object to(String method);
    }

    private static <T> T proxy(Class<T> type, Answers answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> switch (method.getName()) {
                    case "equals" -> proxy == arguments[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    default -> answers.to(method.getName());
                }));
    }

    private static final class Embedded extends AbstractDataSource implements EmbeddedDatabase {

        private final SQLiteDataSource file = new SQLiteDataSource();

        @Override
        public Connection getConnection() throws SQLException {
            return file.getConnection();
        }

        @Override
        public Connection getConnection(String user, String password) throws SQLException {
            return file.getConnection(user, password);
        }

        @Override
        public void shutdown() {}
    }
}
