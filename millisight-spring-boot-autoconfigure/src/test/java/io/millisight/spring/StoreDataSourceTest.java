package io.millisight.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

/** An application that keeps its history where its own data is. A real server; a database for each {@link DataSource}. */
class StoreDataSourceTest {

    private static EmbeddedPostgres server;

    @TempDir
    private Path data;

    @BeforeAll
    static void startServer() throws IOException {
        server = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "off")
                .setPGStartupWait(Duration.ofSeconds(60))
                .start();
    }

    @AfterAll
    static void stopServer() throws IOException {
        server.close();
    }

    @Test
    void storesWhereTheOnlyDataSourceLeads() throws Exception {
        oneRequest("datasource", "only", Only.class);

        assertThat(storedIn("only_db")).containsExactly("/products/{id}");
    }

    @Test
    void storesWhereThePrimaryDataSourceLeads() throws Exception {
        oneRequest("datasource", "primary", PrimaryAndOther.class);

        assertThat(storedIn("primary_db")).containsExactly("/products/{id}");
    }

    @Test
    void storesWhereTheNamedDataSourceLeads() throws Exception {
        oneRequest("datasource:second", "second", Two.class);

        assertThat(storedIn("second_db")).containsExactly("/products/{id}");
    }

    @Test
    void refusesToChooseAmongSeveral() {
        assertThatThrownBy(() -> start("datasource", Two.class))
                .rootCause()
                .hasMessage(
                        "millisight.store: datasource; needs one DataSource bean, or a primary one; name one of several as "
                                + "datasource:<bean> (there are: first, second)");
    }

    @Test
    void refusesANameThatNoDataSourceHas() {
        assertThatThrownBy(() -> start("datasource:third", Two.class))
                .rootCause()
                .hasMessage(
                        "millisight.store: datasource:third; no DataSource bean of this name (there are: first, second)");
    }

    @Test
    void refusesABeanThatIsNoDataSource() {
        assertThatThrownBy(() -> start("datasource:millisightHttp", Only.class))
                .rootCause()
                .hasMessageStartingWith("millisight.store: datasource:millisightHttp; no DataSource bean of this name");
    }

    @Test
    void refusesAnApplicationWithoutOne() {
        assertThatThrownBy(() -> start("datasource")).rootCause().hasMessageEndingWith("(there is none)");
    }

    private void oneRequest(String store, String service, Class<?>... sources) throws Exception {
        try (ConfigurableApplicationContext context = start(store, sources)) {
            URI uri = URI.create("http://localhost:" + context.getEnvironment().getRequiredProperty("local.server.port")
                    + "/products/1");
            assertThat(HttpClient.newHttpClient()
                            .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
                            .statusCode())
                    .as(service)
                    .isEqualTo(200);
        }
    }

    private ConfigurableApplicationContext start(String store, Class<?>... sources) {
        List<Class<?>> all = new ArrayList<>(List.of(TestShop.class, TestShop.Pages.class));
        all.addAll(List.of(sources));
        return new SpringApplication(all.toArray(Class<?>[]::new))
                .run("--server.port=0", "--millisight.data-dir=" + data, "--millisight.store=" + store);
    }

    /** A database of this name, made when it is first asked for. */
    private static DataSource database(String name) {
        try (Connection connection = server.getPostgresDatabase().getConnection()) {
            connection.createStatement().execute("CREATE DATABASE " + name);
        } catch (SQLException e) {
            if (!"42P04".equals(e.getSQLState())) { // already there
                throw new IllegalStateException(e);
            }
        }
        return server.getDatabase("postgres", name);
    }

    private static List<String> storedIn(String database) throws SQLException {
        List<String> endpoints = new ArrayList<>();
        try (Connection connection = server.getDatabase("postgres", database).getConnection();
                ResultSet rows =
                        connection.createStatement().executeQuery("SELECT endpoint FROM millisight.api_metrics")) {
            while (rows.next()) {
                endpoints.add(rows.getString(1));
            }
        }
        return endpoints;
    }

    @Configuration(proxyBeanMethods = false)
    static class Only {

        @Bean
        DataSource only() {
            return database("only_db");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class PrimaryAndOther {

        @Bean
        @Primary
        DataSource first() {
            return database("primary_db");
        }

        @Bean
        DataSource other() {
            return database("other_db");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Two {

        @Bean
        DataSource first() {
            return database("first_db");
        }

        @Bean
        DataSource second() {
            return database("second_db");
        }
    }
}
