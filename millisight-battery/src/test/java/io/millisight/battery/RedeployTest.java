package io.millisight.battery;

import static org.assertj.core.api.Assertions.assertThat;

import io.avaje.json.JsonWriter;
import io.millisight.Millisight;
import io.millisight.MillisightConfig;
import io.millisight.http.MillisightHttp;
import io.millisight.rollup.TimeRange;
import io.millisight.servlet.MillisightFilter;
import io.millisight.store.RequestQuery;
import io.millisight.store.sqlite.SqliteStore;
import jakarta.annotation.PostConstruct;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.simple.SimpleLogger;
import org.sqlite.SQLiteConfig;

/** Row 12: a WAR with our jars is redeployed in one Tomcat, in a process of its own, see {@link RedeployHost}. */
class RedeployTest {

    private static final String WEB_XML = """
            <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
              <context-param>
                <param-name>millisight.data-dir</param-name>
                <param-value>%s</param-value>
              </context-param>
              %s
            </web-app>
            """;

    private static final String SHOP = """
            <servlet>
              <servlet-name>shop</servlet-name>
              <servlet-class>io.millisight.battery.RedeployedShop</servlet-class>
              <async-supported>true</async-supported>
            </servlet>
            <servlet-mapping>
              <servlet-name>shop</servlet-name>
              <url-pattern>/orders/*</url-pattern>
              <url-pattern>/fail</url-pattern>
              <url-pattern>/forbidden</url-pattern>
              <url-pattern>/redirect</url-pattern>
              <url-pattern>/forward</url-pattern>
              <url-pattern>/async</url-pattern>
              <url-pattern>/stream</url-pattern>
              <url-pattern>/upload</url-pattern>
              <url-pattern>/endless</url-pattern>
              <url-pattern>/</url-pattern>
            </servlet-mapping>
            """;

    private static final String LEAKS = """
            <listener>
              <listener-class>io.millisight.battery.RedeployedLeaks</listener-class>
            </listener>
            """;

    /** All that a web application needs to be monitored, and a logger of its own. */
    private static final List<Class<?>> LIBRARIES = List.of(
            Millisight.class,
            MillisightHttp.class,
            MillisightFilter.class,
            SqliteStore.class,
            JsonWriter.class,
            SQLiteConfig.class,
            Logger.class,
            SimpleLogger.class);

    /** What may be collected is collected at once, also what a cache would keep until the heap is full. */
    private static final List<String> HEAP = List.of("-Xmx96m", "-XX:SoftRefLRUPolicyMSPerMB=0");

    /** What Tomcat's own start script opens, so that it can look for leaks; and the list of drivers. */
    private static final List<String> OPENED = List.of(
            "java.base/java.lang",
            "java.base/java.io",
            "java.base/java.util",
            "java.base/java.util.concurrent",
            "java.rmi/sun.rmi.transport",
            "java.sql/java.sql");

    /** Over all lives: the container's own caches fill up at first. */
    private static final long MOST_GROWTH_KIB = 8 << 10;

    private static final int LONGEST_RUN_MINUTES = 60;

    @TempDir
    private Path directory;

    private final List<String> found = new ArrayList<>();
    private int lives;
    private int late;
    private long sent;
    private long firstKiB;
    private long lastKiB;

    @Test
    void aRedeployedWebApplicationLeavesNothingOfOursBehind() throws Exception {
        Battery row = Battery.row(12, "redeploys of a WAR", 5, 100);
        makeWar(SHOP, LIBRARIES);

        redeploy(row, row.rounds(), 10);

        assertThat(found).isEmpty();
        assertThat(lives).isEqualTo(row.rounds());
        assertThat(warningsOfOurs()).isEmpty();
        assertThat(directory.resolve("data"))
                .isDirectoryNotContaining(file -> file.getFileName().toString().startsWith("instance-"));
        assertThat(stored()).isEqualTo(sent);
        assertThat(lastKiB).as("memory with nothing deployed").isLessThan(firstKiB + MOST_GROWTH_KIB);
        row.held(lives + " class loaders collected, " + late
                + " of them when the next life had run, no thread, mapping, handle, driver or temporary file left; "
                + sent
                + " requests sent, all of them stored; memory with nothing deployed " + firstKiB + " KiB at first, "
                + lastKiB + " KiB at last");
    }

    @Test
    void whatAWebApplicationLeavesBehindIsFound() throws Exception {
        makeWar(LEAKS, List.of());

        redeploy(Battery.row(12, "redeploys that leak", 1, 1), 1, 1);

        assertThat(String.join("\n", found))
                .contains("thread left-behind")
                .contains("open file " + directory.resolve("data/left"))
                .contains("mapping")
                .contains("temporary file")
                .contains("warning: org.apache.catalina.loader.WebappClassLoaderBase")
                .contains("RedeployedLeaks.LeftDriver")
                .contains("created a ThreadLocal")
                .contains("class loader of life 1 not collected");
    }

    private void makeWar(String content, List<Class<?>> libraries) throws IOException {
        try (OutputStream file = Files.newOutputStream(directory.resolve("shop.war"));
                JarOutputStream war = new JarOutputStream(file)) {
            put(
                    war,
                    "WEB-INF/web.xml",
                    WEB_XML.formatted(directory.resolve("data"), content).getBytes(StandardCharsets.UTF_8));
            for (Path type : classes("Redeployed")) {
                put(war, "WEB-INF/classes/io/millisight/battery/" + type.getFileName(), Files.readAllBytes(type));
            }
            for (Class<?> library : libraries) {
                Path place = placeOf(library);
                Path jar = Files.isDirectory(place) ? jarOf(place, library.getSimpleName()) : place;
                put(war, "WEB-INF/lib/" + jar.getFileName(), Files.readAllBytes(jar));
            }
        }
    }

    private static void put(JarOutputStream war, String name, byte[] bytes) throws IOException {
        war.putNextEntry(new JarEntry(name));
        war.write(bytes);
    }

    private Path jarOf(Path classes, String name) throws IOException {
        Path jar = directory.resolve(name + ".jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file);
                Stream<Path> files = Files.walk(classes)) {
            for (Path one : files.filter(Files::isRegularFile).toList()) {
                put(out, classes.relativize(one).toString(), Files.readAllBytes(one));
            }
        }
        return jar;
    }

    private static Path placeOf(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Compiled classes beside this one whose names begin so. */
    private static List<Path> classes(String prefix) throws IOException {
        try (Stream<Path> files = Files.list(placeOf(RedeployTest.class).resolve("io/millisight/battery"))) {
            return files.filter(file -> file.getFileName().toString().matches(prefix + ".*\\.class"))
                    .toList();
        }
    }

    private void redeploy(Battery row, int rounds, int patienceSeconds) throws Exception {
        Path host = Files.createDirectories(directory.resolve("host/io/millisight/battery"));
        for (Path type : classes("RedeployHost")) {
            Files.copy(type, host.resolve(type.getFileName()));
        }
        Path temp = Files.createDirectories(directory.resolve("temp"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Djava.io.tmpdir=" + temp));
        command.addAll(HEAP);
        OPENED.forEach(packageName -> command.add("--add-opens=" + packageName + "=ALL-UNNAMED"));
        command.addAll(List.of(
                "-cp",
                String.join(
                        System.getProperty("path.separator"),
                        directory.resolve("host").toString(),
                        placeOf(Tomcat.class).toString(),
                        placeOf(PostConstruct.class).toString()),
                RedeployHost.class.getName(),
                directory.toString(),
                Integer.toString(rounds),
                Integer.toString(patienceSeconds)));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectError(directory.resolve("log.txt").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("MILLISIGHT"));
        Process process = builder.start();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            CompletableFuture.delayedExecutor(LONGEST_RUN_MINUTES, TimeUnit.MINUTES)
                    .execute(process::destroyForcibly);
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                take(line, row);
            }
            assertThat(process.waitFor())
                    .as(() -> "the container's process\n" + String.join("\n", found) + "\n" + lastOfTheLog())
                    .isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    private void take(String line, Battery row) {
        String[] words = line.split(" ", 3);
        switch (words[0]) {
            case "@life" -> row.progress(++lives);
            case "@late" -> late++;
            case "@found" -> {
                found.add(line);
                System.out.println(line);
            }
            case "@sent" -> sent = Long.parseLong(words[1]);
            case "@memory" -> {
                firstKiB = Long.parseLong(words[1]);
                lastKiB = Long.parseLong(words[2]);
            }
            default -> System.out.println(line);
        }
    }

    private String lastOfTheLog() {
        try {
            List<String> lines = Files.readAllLines(directory.resolve("log.txt"));
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Slow requests and alerts are not faults: the machine may be busy. */
    private List<String> warningsOfOurs() throws IOException {
        return Files.readAllLines(directory.resolve("log.txt")).stream()
                .filter(line -> line.matches(".*\\b(WARN|ERROR) (millisight|io\\.millisight|org\\.sqlite)\\b.*")
                        && !line.matches(".* millisight\\.(slow|alerts) .*"))
                .toList();
    }

    private long stored() {
        MillisightConfig config = MillisightConfig.builder()
                .dataDirectory(directory.resolve("data"))
                .build();
        try (Millisight again = Millisight.start(config)) {
            return again.requests(RequestQuery.all(new TimeRange(0, Long.MAX_VALUE), RequestQuery.MAX_LIMIT))
                    .requests()
                    .size();
        }
    }
}
