package io.millisight.battery;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.ref.WeakReference;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.catalina.Context;
import org.apache.catalina.Host;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.HostConfig;
import org.apache.catalina.startup.Tomcat;

/**
 * The process that {@link RedeployTest} redeploys in: one Tomcat with a host that deploys WARs, and none of our classes
 * outside of the WAR. Prints what it found left behind of each life, in lines that begin with {@code @}.
 *
 * <p>Lives end in turn by a redeployment in place, where the next life has the data folder at once, and by an
 * undeployment, after which nothing at all may be left. Connections are kept alive, so that the container's threads
 * serve all the lives.
 */
final class RedeployHost {

    private static final String NAME = "/shop";
    private static final int ORDERS = 24;
    private static final int AT_ONCE = 8;
    private static final Pattern OURS =
            Pattern.compile("^org\\.apache\\.catalina\\.loader|millisight|sqlite", Pattern.CASE_INSENSITIVE);
    private static final Pattern SEEN = Pattern.compile("\"seen\"\\s*:\\s*(\\d+)");

    /** In every so-many-th life a request is under way while the application ends; the container waits 2 s for it. */
    private static final int UPLOAD_EVERY = 5;

    private static final int UPLOAD_IN = 2;

    /** What the container says of a request that is under way, which is not of our making. */
    private static final String STILL_PROCESSING = "is still processing a request";

    private final Path base;
    private final Path war;
    private final Path deployed;
    private final int lives;
    private final Duration patience;
    private final HostConfig deployer = new HostConfig();
    private final Tomcat tomcat = new Tomcat();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    private final Collection<String> warnings = new ConcurrentLinkedQueue<>();
    private int life;
    private int sentInThisLife;
    private int sent;
    private long firstMemory;
    private long lastMemory;
    private WeakReference<ClassLoader> late = new WeakReference<>(null);
    private int lateLife;

    private RedeployHost(Path base, int lives, Duration patience) {
        this.base = base;
        this.war = base.resolve("shop.war");
        this.deployed = base.resolve("webapps/shop.war");
        this.lives = lives;
        this.patience = patience;
    }

    /** Arguments: the folder to work in, which has {@code shop.war}; lives; seconds to wait for the collector. */
    public static void main(String[] arguments) throws Exception {
        RedeployHost host = new RedeployHost(
                Path.of(arguments[0]),
                Integer.parseInt(arguments[1]),
                Duration.ofSeconds(Long.parseLong(arguments[2])));
        host.run();
        System.exit(0);
    }

    private void run() throws Exception {
        DriverManager.getDrivers(); // as a standalone Tomcat does, so that it is not the application that begins it
        listenToTheContainer();
        start();
        for (life = 1; life <= lives; life++) {
            WeakReference<ClassLoader> loader = new WeakReference<>(liveOnce());
            boolean inPlace = life % 2 == 1 && life < lives;
            Upload upload = life % UPLOAD_EVERY == UPLOAD_IN && isMonitored() ? new Upload(port()) : null;
            if (inPlace) {
                redeploy();
            } else {
                undeploy();
            }
            if (upload != null) {
                upload.end();
            }
            examine(loader, upload != null, inPlace);
            System.out.println("@life " + life);
        }
        System.out.println("@sent " + sent);
        System.out.println("@memory " + (firstMemory >> 10) + " " + (lastMemory >> 10));
        tomcat.stop();
        tomcat.destroy();
        examineLate();
        report("mapping", settled(this::mappings));
    }

    private void found(String what) {
        System.out.println("@found in life " + life + ": " + what.replaceAll("\\s+", " "));
    }

    /**
     * What the container says of leaks, and whatever else names us. Kept as text: a record's throwable would pin the
     * application whose frames it has.
     */
    private void listenToTheContainer() {
        Logger.getLogger("").addHandler(new Handler() {
            @Override
            public void publish(LogRecord record) {
                String text = record.getLoggerName() + ": " + new SimpleFormatter().format(record);
                if (record.getLevel().intValue() >= Level.WARNING.intValue()
                        && !text.contains(RedeployedShop.DELIBERATE)
                        && OURS.matcher(text).find()) {
                    warnings.add(text);
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        });
    }

    private void start() throws Exception {
        tomcat.setBaseDir(base.toString());
        tomcat.setPort(0);
        Files.createDirectories(base.resolve("webapps"));
        Host host = tomcat.getHost();
        host.setAutoDeploy(false); // when this says so, and at no other time
        host.addLifecycleListener(deployer);
        tomcat.getConnector();
        tomcat.start();
    }

    private int port() {
        return tomcat.getConnector().getLocalPort();
    }

    private Context context() {
        return Objects.requireNonNull((Context) tomcat.getHost().findChild(NAME), "not deployed");
    }

    private boolean isMonitored() {
        return context().findChild("millisight") != null;
    }

    private void redeploy() throws IOException {
        Files.setLastModifiedTime(
                deployed,
                FileTime.fromMillis(Files.getLastModifiedTime(deployed).toMillis() + 1_000));
        deployer.check(NAME);
    }

    private void undeploy() throws IOException {
        Files.delete(deployed);
        deployer.check(NAME);
        if (tomcat.getHost().findChild(NAME) != null) {
            throw new IllegalStateException("still deployed");
        }
    }

    /** Everything a life consists of, in a frame of its own that holds no reference to it any longer. */
    private ClassLoader liveOnce() throws Exception {
        if (tomcat.getHost().findChild(NAME) == null) {
            Files.copy(war, deployed, StandardCopyOption.REPLACE_EXISTING);
            deployer.check(NAME);
        }
        ClassLoader loader = context().getLoader().getClassLoader();
        sentInThisLife = 0;
        if (isMonitored()) {
            for (List<Call> wave : waves()) {
                send(wave);
            }
            leaveEarly();
            awaitAllRecorded();
        }
        sent += sentInThisLife;
        return loader;
    }

    /** A request and the statuses that are right. */
    private record Call(String method, String path, String accept, int least, int most) {}

    private List<List<Call>> waves() {
        List<Call> calls = new ArrayList<>();
        calls.add(new Call("DELETE", "/metrics", "*/*", 200, 204));
        for (int i = 0; i < ORDERS; i++) {
            calls.add(new Call("GET", "/orders/" + i, "*/*", 200, 200));
            switch (i % 8) {
                case 0 -> calls.add(new Call("GET", "/fail", "*/*", 500, 500));
                case 1 -> calls.add(new Call("GET", "/forbidden", "*/*", 403, 403));
                case 2 -> calls.add(new Call("GET", "/redirect", "*/*", 302, 302));
                case 3 -> calls.add(new Call("GET", "/forward", "*/*", 200, 200));
                case 4 -> calls.add(new Call("GET", "/async", "*/*", 200, 200));
                case 5 -> calls.add(new Call("GET", "/stream", "*/*", 200, 200));
                case 6 -> calls.add(new Call("GET", "/nowhere/" + i, "*/*", 404, 404));
                default -> calls.add(new Call("HEAD", "/orders/" + i, "*/*", 200, 200));
            }
        }
        // Whatever we serve, in every form: a route that is added is attacked by being there.
        for (String path : ((Wrapper) context().findChild("millisight")).findMappings()) {
            for (String accept : List.of("application/json", "text/plain", "text/csv", "application/x-ndjson")) {
                calls.add(new Call("GET", path.replace("/*", "/typo"), accept, 200, 499));
            }
        }
        List<List<Call>> waves = new ArrayList<>();
        for (int from = 0; from < calls.size(); from += AT_ONCE) {
            waves.add(calls.subList(from, Math.min(calls.size(), from + AT_ONCE)));
        }
        return waves;
    }

    private void send(List<Call> wave) {
        List<CompletableFuture<HttpResponse<InputStream>>> answers = wave.stream()
                .map(call -> client.sendAsync(
                        HttpRequest.newBuilder(uri(call.path()))
                                .method(call.method(), BodyPublishers.noBody())
                                .header("Accept", call.accept())
                                .timeout(Duration.ofSeconds(60))
                                .build(),
                        BodyHandlers.ofInputStream()))
                .toList();
        for (int i = 0; i < wave.size(); i++) {
            Call call = wave.get(i);
            HttpResponse<InputStream> answer = answers.get(i).join();
            read(answer);
            if (answer.statusCode() < call.least() || answer.statusCode() > call.most()) {
                found("status " + answer.statusCode() + " for " + call);
            }
        }
        // The dashboard's files are served, and not recorded.
        sentInThisLife += (int) wave.stream()
                .filter(call -> !call.path().startsWith("/metrics/dashboard"))
                .count();
    }

    private URI uri(String path) {
        return URI.create("http://localhost:" + port() + NAME + path);
    }

    /** To its end; of an event stream, which may have none, the beginning. */
    private static String read(HttpResponse<InputStream> answer) {
        boolean events = answer.headers()
                .firstValue("content-type")
                .filter(type -> type.startsWith("text/event-stream"))
                .isPresent();
        try (InputStream body = answer.body()) {
            return new String(events ? body.readNBytes(1) : body.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("reading the answer to " + answer.uri(), e);
        }
    }

    /** A client that goes away while it is answered. */
    private void leaveEarly() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
            socket.getOutputStream().write(head("GET", "/endless", 0));
            socket.getInputStream().readNBytes(1);
        }
        sentInThisLife++;
    }

    private static byte[] head(String method, String path, int bytes) {
        return (method + " " + NAME + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + bytes + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The answer can be with the client before the request is recorded. */
    private void awaitAllRecorded() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        long seen = -1;
        while (System.nanoTime() - deadline < 0) {
            HttpResponse<InputStream> answer = client.sendAsync(
                            HttpRequest.newBuilder(uri("/metrics"))
                                    .timeout(Duration.ofSeconds(60))
                                    .build(),
                            BodyHandlers.ofInputStream())
                    .join();
            Matcher number = SEEN.matcher(read(answer));
            seen = number.find() ? Long.parseLong(number.group(1)) : -1;
            int before = sentInThisLife++;
            if (seen == before) {
                return;
            }
        }
        found(sentInThisLife + " requests sent, " + seen + " seen");
    }

    /** A request whose second half is sent only after its application has ended. */
    private static final class Upload {

        private final Socket socket;

        Upload(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(60_000);
            OutputStream out = socket.getOutputStream();
            out.write(head("POST", "/upload", 2));
            out.write('1');
            await("1");
        }

        void end() throws IOException {
            socket.getOutputStream().write('2');
            await("2");
            socket.close();
        }

        /** Chunked, so the digit stands in a line of its own, behind its length. */
        private void await(String digit) throws IOException {
            StringBuilder answer = new StringBuilder();
            while (!answer.toString().endsWith("\r\n1\r\n" + digit)) {
                int next = socket.getInputStream().read();
                if (next < 0) {
                    throw new IOException("ended after: " + answer);
                }
                answer.append((char) next);
            }
        }
    }

    private void examine(WeakReference<ClassLoader> loader, boolean uploaded, boolean inPlace) throws Exception {
        for (String warning : List.copyOf(warnings)) {
            if (!uploaded || !warning.contains(STILL_PROCESSING)) {
                found("warning: " + warning);
            }
        }
        warnings.clear();
        // A request that was under way has been answered, but its thread may not have left the filter yet.
        Supplier<List<String>> threads = () -> threadsOf(loader.get(), inPlace);
        report("thread", uploaded ? settled(threads) : threads.get());
        report("driver", driversOf(loader.get()));
        if (!inPlace) {
            report("temporary file", temporaryFiles());
            report("open file", openFiles());
        }
        examineLate();
        if (!isCollected(loader)) {
            late = loader;
            lateLife = life;
            System.out.println("@late " + life);
        } else if (!inPlace) {
            report("mapping", settled(this::mappings));
            measureMemory();
        }
    }

    /**
     * A JVM in which nothing runs may keep the class loader that ran last, without a path to it in a heap dump: about one of a
     * hundred, around the fiftieth life, for minutes. It is a leak if it is there when another life has run, or the container has stopped.
     */
    private void examineLate() {
        if (!isCollected(late)) {
            found("class loader of life " + lateLife + " not collected");
        }
        late = new WeakReference<>(null);
    }

    private void report(String kind, List<String> left) {
        left.forEach(one -> found(kind + " " + one));
    }

    /** What is left when nothing is, or the time is up. Soft references go with every collection: the JVM is told so. */
    private List<String> settled(Supplier<List<String>> question) {
        long deadline = System.nanoTime() + patience.toNanos();
        List<String> left = question.get();
        while (!left.isEmpty() && System.nanoTime() - deadline < 0) {
            System.gc();
            LockSupport.parkNanos(1_000_000);
            left = question.get();
        }
        return left;
    }

    private boolean isCollected(WeakReference<ClassLoader> loader) {
        return settled(() -> loader.get() == null ? List.of() : List.of("class loader"))
                .isEmpty();
    }

    /**
     * Threads that have a class of this loader: as context, as their own, or in a frame. Frames tell the names of classes
     * only, and the next life has the same: with one running, a thread that stayed shows by pinning the loader.
     */
    private static List<String> threadsOf(ClassLoader loader, boolean nextLifeRuns) {
        List<String> threads = new ArrayList<>();
        Thread.getAllStackTraces().forEach((thread, frames) -> {
            if (loader != null
                    && (thread.getContextClassLoader() == loader
                            || thread.getClass().getClassLoader() == loader
                            || (!nextLifeRuns
                                    && Stream.of(frames).anyMatch(frame -> hasLoaded(loader, frame.getClassName()))))) {
                threads.add(thread.getName() + " at " + List.of(frames));
            }
        });
        return threads;
    }

    private static boolean hasLoaded(ClassLoader loader, String name) {
        try {
            Method findLoadedClass = ClassLoader.class.getDeclaredMethod("findLoadedClass", String.class);
            findLoadedClass.setAccessible(true);
            Class<?> found = (Class<?>) findLoadedClass.invoke(loader, name);
            return found != null && found.getClassLoader() == loader;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Beyond what {@link DriverManager#getDrivers()} shows to this class. */
    private static List<String> driversOf(ClassLoader loader) throws ReflectiveOperationException {
        Field registered = DriverManager.class.getDeclaredField("registeredDrivers");
        registered.setAccessible(true);
        List<String> drivers = new ArrayList<>();
        for (Object info : (Iterable<?>) registered.get(null)) {
            Field driver = info.getClass().getDeclaredField("driver");
            driver.setAccessible(true);
            Class<?> type = driver.get(info).getClass();
            if (loader != null && type.getClassLoader() == loader) {
                drivers.add(type.getName());
            }
        }
        return drivers;
    }

    private List<String> temporaryFiles() throws IOException {
        try (Stream<Path> files = Files.walk(base.resolve("temp"))) {
            return files.filter(Files::isRegularFile).map(Path::toString).toList();
        }
    }

    private boolean isOurs(String name) {
        return name.contains(base.resolve("data").toString())
                || name.contains(base.resolve("webapps/shop").toString())
                || name.contains(base.resolve("temp").toString());
    }

    private List<String> openFiles() throws IOException {
        List<String> open = new ArrayList<>();
        Path handles = Path.of("/proc/self/fd");
        if (Files.isDirectory(handles)) {
            try (Stream<Path> links = Files.list(handles)) {
                for (Path link : links.toList()) {
                    if (Files.isSymbolicLink(link)) { // the handle of this very listing is gone by now
                        open.add(Files.readSymbolicLink(link).toString());
                    }
                }
            }
        }
        return open.stream().filter(this::isOurs).toList();
    }

    private List<String> mappings() {
        Path maps = Path.of("/proc/self/maps");
        try {
            return Files.isReadable(maps)
                    ? Files.readAllLines(maps).stream().filter(this::isOurs).toList()
                    : List.of();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Of the heap and the classes, with nothing deployed. */
    private void measureMemory() {
        System.gc();
        lastMemory = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            if (pool.getName().equals("Metaspace")) {
                lastMemory += pool.getUsage().getUsed();
            }
        }
        if (firstMemory == 0) {
            firstMemory = lastMemory;
        }
    }
}
