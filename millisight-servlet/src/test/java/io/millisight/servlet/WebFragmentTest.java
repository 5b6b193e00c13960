package io.millisight.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.scan.StandardJarScanner;
import org.eclipse.jetty.ee11.webapp.WebAppContext;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our jar in a web application's WEB-INF/lib is all it takes, in each container. */
class WebFragmentTest {

    private static final String WEB_XML = """
            <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
              %s
              <servlet>
                <servlet-name>own</servlet-name>
                <servlet-class>io.millisight.servlet.OwnServlet</servlet-class>
              </servlet>
              <servlet-mapping>
                <servlet-name>own</servlet-name>
                <url-pattern>/own/*</url-pattern>
                <url-pattern>/metrics/slow</url-pattern>
              </servlet-mapping>
            </web-app>
            """;

    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    private Path directory;

    private String ownXml = "";

    @BeforeEach
    void makeWebApplication() throws IOException {
        Path lib = Files.createDirectories(directory.resolve("app/WEB-INF/lib"));
        jar(Path.of("target/classes"), lib.resolve("millisight-servlet.jar"));
    }

    @Test
    void startsMonitoringInTomcat() throws Exception {
        inTomcat(Map.of("millisight.store", "memory"), this::assertMonitored);
    }

    @Test
    void startsMonitoringInJetty() throws Exception {
        inJetty(Map.of("millisight.store", "memory"), this::assertMonitored);
    }

    @Test
    void staysOutWhenDisabled() throws Exception {
        inTomcat(Map.of("millisight.enabled", "false"), this::assertNotMonitored);
    }

    @Test
    void letsTheApplicationRunWhenASettingIsWrong() throws Exception {
        inJetty(Map.of("millisight.slow-threshold", "soon"), this::assertNotMonitored);
    }

    @Test
    void leavesAWarOfSpringBootToTheStarter() throws Exception {
        compileEmpty("org.springframework.boot", "SpringApplication");
        compileEmpty("io.millisight.spring", "MillisightAutoConfiguration");

        inTomcat(Map.of("millisight.store", "memory"), this::assertNotMonitored);
    }

    @Test
    void monitorsASpringBootWarThatLacksTheStarter() throws Exception {
        compileEmpty("org.springframework.boot", "SpringApplication");

        inTomcat(Map.of("millisight.store", "memory"), this::assertMonitored);
    }

    @Test
    void letsTheApplicationRunWhenItsFilterHasOurName() throws Exception {
        ownXml = """
                <filter>
                  <filter-name>millisight</filter-name>
                  <filter-class>org.apache.catalina.filters.RequestDumperFilter</filter-class>
                </filter>
                """;
        inTomcat(Map.of("millisight.store", "memory"), this::assertNotMonitored);
    }

    @Test
    void letsTheApplicationRunWhenItsServletHasOurName() throws Exception {
        ownXml = """
                <servlet>
                  <servlet-name>millisight</servlet-name>
                  <servlet-class>io.millisight.servlet.OwnServlet</servlet-class>
                </servlet>
                """;
        inTomcat(Map.of("millisight.store", "memory"), this::assertNotMonitored);
    }

    @Test
    void letsTheApplicationsOwnHealthWin() throws Exception {
        ownXml = """
                <servlet-mapping>
                  <servlet-name>own</servlet-name>
                  <url-pattern>/health</url-pattern>
                </servlet-mapping>
                """;
        inTomcat(Map.of("millisight.store", "memory"), port -> {
            assertThat(get(port, "/health").body()).isEqualTo("own");
            assertThat(get(port, "/health/live").body()).contains("healthy");
        });
    }

    @Test
    void showsTheApplicationTheInstanceAsLongAsItRuns() throws Exception {
        ownXml = "<listener><listener-class>io.millisight.servlet.OwnListener</listener-class></listener>";
        System.clearProperty(OwnListener.NOTED);
        try {
            inTomcat(Map.of("millisight.store", "memory"), port -> assertThat(System.getProperty(OwnListener.NOTED))
                    .isEqualTo("added "));

            assertThat(System.getProperty(OwnListener.NOTED)).isEqualTo("added removed ");
        } finally {
            System.clearProperty(OwnListener.NOTED);
        }
    }

    /** A class of this name in the web application: all that the listener looks for. */
    private void compileEmpty(String packageName, String name) throws IOException {
        Path source = directory.resolve(name + ".java");
        Files.writeString(source, "package " + packageName + "; public class " + name + " {}");
        String classes = Files.createDirectories(directory.resolve("app/WEB-INF/classes"))
                .toString();
        int result = ToolProvider.getSystemJavaCompiler().run(null, null, null, "-d", classes, source.toString());
        assertThat(result).isZero();
    }

    private void assertMonitored(int port) throws Exception {
        HttpResponse<String> own = get(port, "/own/5");
        assertThat(own.body()).isEqualTo("own");
        assertThat(own.headers().allValues("x-response-time")).hasSize(1);
        assertThat(get(port, "/metrics").body()).contains("\"GET /own/{id}\"");
        assertThat(get(port, "/metrics/slow").body())
                .as("the application's mapping")
                .isEqualTo("own");
        assertThat(get(port, "/health").body())
                .as("ours, and the application's own check")
                .contains("\"millisight\"", "\"stock\"");
        assertThat(get(port, "/metrics/typo").body()).contains("/metrics/performance");
    }

    private void assertNotMonitored(int port) throws Exception {
        HttpResponse<String> own = get(port, "/own/5");
        assertThat(own.body()).isEqualTo("own");
        assertThat(own.headers().firstValue("x-response-time")).isEmpty();
        assertThat(get(port, "/metrics").statusCode()).isEqualTo(404);
    }

    private interface Check {
        void on(int port) throws Exception;
    }

    private void inTomcat(Map<String, String> parameters, Check check) throws Exception {
        Path app = webApplication(parameters);
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(directory.resolve("tomcat").toString());
        tomcat.setPort(0);
        tomcat.setSilent(true);
        Context context = tomcat.addWebapp("", app.toString());
        context.setParentClassLoader(getClass().getClassLoader());
        // Of the class path of the tests too it would take the fragment, and find two of one name.
        ((StandardJarScanner) context.getJarScanner()).setScanClassPath(false);
        context.setContainerSciFilter("org\\.eclipse\\.jetty\\..*"); // each container's WebSockets are its own
        tomcat.start();
        try {
            check.on(tomcat.getConnector().getLocalPort());
        } finally {
            tomcat.stop();
            tomcat.destroy();
        }
    }

    private void inJetty(Map<String, String> parameters, Check check) throws Exception {
        WebAppContext context = new WebAppContext(webApplication(parameters).toString(), "/");
        context.setAttribute("org.eclipse.jetty.containerInitializerExclusionPattern", "org\\.apache\\..*");
        Server server = new Server(0);
        server.setHandler(context);
        server.start();
        try {
            check.on(((ServerConnector) server.getConnectors()[0]).getLocalPort());
        } finally {
            server.stop();
        }
    }

    private Path webApplication(Map<String, String> parameters) throws IOException {
        StringBuilder xml = new StringBuilder(ownXml);
        parameters.forEach((name, value) -> xml.append("<context-param><param-name>")
                .append(name)
                .append("</param-name><param-value>")
                .append(value)
                .append("</param-value></context-param>"));
        Path app = directory.resolve("app");
        Files.writeString(app.resolve("WEB-INF/web.xml"), WEB_XML.formatted(xml));
        Path classes = Files.createDirectories(app.resolve("WEB-INF/classes/io/millisight/servlet"));
        for (String name : List.of("OwnServlet.class", "OwnListener.class")) {
            Files.copy(Path.of("target/test-classes/io/millisight/servlet", name), classes.resolve(name));
        }
        return app;
    }

    private static void jar(Path classes, Path jar) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file);
                Stream<Path> files = Files.walk(classes)) {
            for (Path one : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(one).toString()));
                Files.copy(one, out);
            }
        }
    }

    private HttpResponse<String> get(int port, String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                        .timeout(Duration.ofSeconds(60))
                        .build(),
                BodyHandlers.ofString());
    }
}
