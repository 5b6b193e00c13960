package io.millisight.battery;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.Millisight;
import io.millisight.MillisightConfig;
import io.millisight.http.RouteTable;
import io.millisight.servlet.MillisightListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Row 13: a stranger gets nothing but refusals, whatever he writes into his request. Who comes over a loopback address is a
 * stranger too when a proxy passed him on, when his Host does not name this machine, or when a token is asked for.
 */
class AccessGateTest {

    private static final long SEED = 13;
    private static final String TOKEN = "correct-horse-battery";
    private static final String SECRET = "secret-7f3a";

    private static final Set<Integer> REFUSALS = Set.of(401, 403, 404, 405);

    /** What Tomcat answers to a request that it does not pass on to any application: malformed, or CONNECT. */
    private static final Set<Integer> BEFORE_US = Set.of(400, 501);

    /** What only an answer with data has in it. */
    private static final List<String> DATA = List.of(
            SECRET, "total_requests", "response_time", "slow_queries", "next_cursor", "\"requests\"", "\"points\"");

    private static final List<String> READS = List.of("GET", "HEAD", "OPTIONS");

    private static final List<String> VERBS = List.of(
            "GET",
            "HEAD",
            "OPTIONS",
            "POST",
            "PUT",
            "PATCH",
            "DELETE",
            "TRACE",
            "PROPFIND",
            "get",
            "Get",
            "FOO",
            "CONNECT");

    /** How a path can be written otherwise. */
    private static final Map<String, UnaryOperator<String>> TRICKS = new LinkedHashMap<>();

    static {
        TRICKS.put("plain", path -> path);
        TRICKS.put("doubled slash", path -> "/" + path);
        TRICKS.put("doubled slash within", path -> path.replace("/metrics/", "/metrics//"));
        TRICKS.put("trailing slash", path -> path + "/");
        TRICKS.put("two trailing slashes", path -> path + "//");
        TRICKS.put("path parameter", path -> path + ";x");
        TRICKS.put("path parameter within", path -> path.replace("/metrics", "/metrics;a=b"));
        TRICKS.put("session id", path -> path + ";jsessionid=1");
        TRICKS.put("dot", path -> "/." + path);
        TRICKS.put("dot dot", path -> "/x/.." + path);
        TRICKS.put("dot dot below", path -> path + "/../" + path.substring(path.lastIndexOf('/') + 1));
        TRICKS.put("%2e", path -> "/%2e" + path);
        TRICKS.put("%2e%2e", path -> "/x/%2e%2e" + path);
        TRICKS.put("..; parameter", path -> "/x/..;" + path);
        TRICKS.put("%2f", path -> path.replaceAll("(?<=.)/", "%2f"));
        TRICKS.put("%2F leading", path -> "/%2F" + path.substring(1));
        TRICKS.put("%5c", path -> path.replaceAll("(?<=.)/", "%5c"));
        TRICKS.put("backslash", path -> path.replaceAll("(?<=.)/", "\\\\"));
        TRICKS.put("upper case", path -> path.toUpperCase(Locale.ROOT));
        TRICKS.put("one letter in upper case", path -> path.replace("/m", "/M"));
        TRICKS.put("encoded letter", path -> path.replace("/m", "/%6d"));
        TRICKS.put("encoded twice", path -> path.replace("/m", "/%256d"));
        TRICKS.put("dot encoded twice", path -> "/x/%252e%252e" + path);
        TRICKS.put("overlong", path -> path.replace("/m", "/%c1%ad"));
        TRICKS.put("encoded NUL", path -> path + "%00");
        TRICKS.put("suffix", path -> path + ".json");
        TRICKS.put("suffix that others forgive", path -> path + ".css");
        TRICKS.put("query", path -> path + "?hours=1&access=open");
        TRICKS.put("token in the query", path -> path + "?access_token=" + TOKEN + "&token=" + TOKEN);
        TRICKS.put("question mark", path -> path + "?");
        TRICKS.put("encoded question mark", path -> path + "%3fx");
        TRICKS.put("fragment", path -> path + "%23x");
        TRICKS.put("absolute", path -> "http://localhost" + path);
        TRICKS.put("absolute, another host", path -> "http://evil.example" + path);
        TRICKS.put("absolute, user info", path -> "http://localhost@evil.example" + path);
        TRICKS.put("blank", path -> path + "%20");
        TRICKS.put("full-width slash", path -> path.replaceAll("(?<=.)/", "%ef%bc%8f"));
    }

    /** Headers that only a proxy adds, and what strangers write into them. */
    private static final List<String> FORWARDED = List.of(
            "Forwarded: for=127.0.0.1;host=localhost;proto=http",
            "Forwarded: ",
            "X-Forwarded-For: 127.0.0.1",
            "X-Forwarded-For: ",
            "x-forwarded-for: ::1",
            "X-FORWARDED-FOR: 127.0.0.1, 127.0.0.1",
            "X-Forwarded-Host: localhost",
            "X-Forwarded-Proto: http",
            "X-Forwarded-Port: 80",
            "X-Forwarded-Server: localhost",
            "X-Forwarded-By: 127.0.0.1",
            "X-Forwarded-Prefix: /metrics",
            "X-Forwarded: for=127.0.0.1",
            "X-Forward-For: 127.0.0.1",
            "X_Forwarded_For: 127.0.0.1",
            "Forwarded-For: 127.0.0.1",
            "Via: 1.1 localhost",
            "X-Real-IP: 127.0.0.1",
            "X-Real-Port: 1",
            "X-Client-IP: 127.0.0.1",
            "X-Cluster-Client-IP: 127.0.0.1",
            "X-Remote-IP: 127.0.0.1",
            "X-Remote-Addr: 127.0.0.1",
            "X-Host: localhost",
            "X-Original-Host: localhost",
            "X-Original-URL: /ok",
            "X-Original-For: 127.0.0.1",
            "X-Originating-IP: 127.0.0.1",
            "X-Rewrite-URL: /ok",
            "X-ProxyUser-Ip: 127.0.0.1",
            "Proxy-Client-IP: 127.0.0.1",
            "WL-Proxy-Client-IP: 127.0.0.1",
            "True-Client-IP: 127.0.0.1",
            "Client-IP: 127.0.0.1",
            "CF-Connecting-IP: 127.0.0.1",
            "CF-Ray: 1",
            "CDN-Loop: x",
            "Fastly-Client-IP: 127.0.0.1",
            "Fly-Client-IP: 127.0.0.1",
            "X-Envoy-External-Address: 127.0.0.1",
            "X-Azure-ClientIP: 127.0.0.1",
            "X-ARR-SSL: x",
            "X-Appengine-User-IP: 127.0.0.1",
            "X-Nf-Client-Connection-Ip: 127.0.0.1",
            "X-Vercel-IP-City: x",
            "Akamai-Origin-Hop: 1",
            "X-Akamai-Edgescape: x",
            "Incap-Client-IP: 127.0.0.1",
            "X-Sucuri-ClientIP: 127.0.0.1",
            "X-Amz-Cf-Id: x",
            "Ali-CDN-Real-IP: 127.0.0.1",
            "X-Varnish: 1",
            "Max-Forwards: 1");

    /** Names that are not this machine's, however much they look like it. */
    private static final List<String> HOSTS = List.of(
            "evil.example",
            "evil.example:80",
            "localhost.evil.example",
            "localhost.",
            "localhost@evil.example",
            "localhost,evil.example",
            "localhost evil.example",
            "localhost/",
            "localhost:80:80",
            "localhost:-1",
            "localhost:999999",
            "notlocalhost",
            "127.0.0.1.nip.io",
            "127.0.0.1.evil.example",
            "127.1",
            "127.0.0.256",
            "127.00.0.1",
            "0x7f.0.0.1",
            "2130706433",
            "0.0.0.0",
            "10.0.0.1",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::1%25lo]",
            "[::1].evil.example",
            "::1",
            "[fe80::1]",
            "metadata.google.internal",
            "");

    private static final List<String> TOKENS = List.of(
            "",
            "Authorization: Bearer " + TOKEN.toUpperCase(Locale.ROOT),
            "Authorization: Bearer " + TOKEN.substring(1),
            "Authorization: Bearer " + TOKEN + "x",
            "Authorization: Bearer",
            "Authorization: Bearer null",
            "Authorization: Bearer " + TOKEN + " " + TOKEN,
            "Authorization: Bearer " + TOKEN + ",",
            "Authorization: \"Bearer " + TOKEN + "\"",
            "Authorization: Basic " + TOKEN,
            "Authorization: " + TOKEN,
            "Authorization: Bearer" + TOKEN,
            "Authorization: Token " + TOKEN,
            "X-Authorization: Bearer " + TOKEN,
            "Proxy-Authorization: Bearer " + TOKEN,
            "Cookie: token=" + TOKEN + "; Authorization=Bearer " + TOKEN,
            "Authorization: Bearer " + TOKEN + "\r\nAuthorization: Bearer " + TOKEN,
            "X-Auth-Token: " + TOKEN);

    private static final List<String> ORIGINS = List.of(
            "Origin: http://evil.example",
            "Origin: https://evil.example",
            "Origin: null",
            "Origin: ",
            "Origin: http://localhost.evil.example",
            "Origin: http://localhost@evil.example",
            "Origin: http://localhost:1",
            "Origin: http://127.0.0.1",
            "Origin: localhost",
            "Origin: file://",
            "Origin: chrome-extension://localhost",
            "Origin: http://localhost\r\nOrigin: http://evil.example",
            "Sec-Fetch-Site: cross-site",
            "Sec-Fetch-Site: same-site",
            "Sec-Fetch-Site: none\r\nSec-Fetch-Site: cross-site");

    private static final List<String> EXTRAS = List.of(
            "",
            "",
            "",
            "X-HTTP-Method-Override: GET",
            "X-Method-Override: GET",
            "Origin: http://localhost",
            "Origin: http://evil.example",
            "Referer: http://localhost/metrics",
            "Sec-Fetch-Site: same-origin",
            "Accept: text/csv",
            "Upgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13",
            "Content-Length: 0",
            "X-Requested-With: XMLHttpRequest",
            "Authorization: Bearer wrong-token");

    /** A service as it may be configured; the context path tells which. */
    private record Service(String context, Map<String, String> settings) {

        static final Service LOCAL = new Service("", Map.of("millisight.access", "local"));
        static final Service LOCAL_OR_TOKEN =
                new Service("/both", Map.of("millisight.access", "local", "millisight.token", TOKEN));
        static final Service TOKEN_ALONE =
                new Service("/token", Map.of("millisight.access", "token", "millisight.token", TOKEN));
        static final Service ELSEWHERE =
                new Service("/else", Map.of("millisight.access", "local", "millisight.base-path", "/ops/watch"));
        static final Service OPEN = new Service("/open", Map.of("millisight.access", "open"));
        static final List<Service> ALL = List.of(LOCAL, LOCAL_OR_TOKEN, TOKEN_ALONE, ELSEWHERE, OPEN);

        String root() {
            return context + settings.getOrDefault("millisight.base-path", "");
        }
    }

    /** A request that must be refused. */
    private record Probe(Service service, String verb, String target, String trick, List<String> headers) {

        byte[] bytes() {
            String head = verb + " " + target + " HTTP/1.1\r\n"
                    + String.join(
                            "\r\n",
                            headers.stream().filter(header -> !header.isEmpty()).toList())
                    + "\r\nConnection: close\r\n\r\n";
            return Wire.bytes(head);
        }
    }

    private final List<Runnable> ends = new ArrayList<>();
    private HostedTomcat tomcat;
    private List<RouteTable.Line> routes;

    @BeforeEach
    void start() throws Exception {
        try (Millisight millisight =
                Millisight.start(MillisightConfig.builder().store("memory").build())) {
            routes = RouteTable.of(millisight);
        }
        Map<String, Consumer<ServletContext>> applications = new LinkedHashMap<>();
        for (Service service : Service.ALL) {
            applications.put(service.context, context -> register(context, service.settings));
        }
        tomcat = HostedTomcat.start(applications);
        for (Service service : Service.ALL) {
            String home = service.context + "/" + SECRET;
            assertThat(Wire.status(send(new Probe(service, "GET", home, "", List.of("Host: localhost")))))
                    .isEqualTo(200);
        }
    }

    /** As a web application has us: by our listener, from settings. */
    private void register(ServletContext context, Map<String, String> settings) {
        context.setInitParameter("millisight.store", "memory");
        settings.forEach(context::setInitParameter);
        MillisightListener listener = new MillisightListener();
        listener.contextInitialized(new ServletContextEvent(context));
        ends.add(() -> listener.contextDestroyed(new ServletContextEvent(context)));
        context.addServlet("home", new HttpServlet() {
                    @Override
                    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                        response.getWriter().print("home");
                    }
                })
                .addMapping("/" + SECRET);
    }

    @AfterEach
    void stop() throws Exception {
        tomcat.close();
        ends.forEach(Runnable::run);
    }

    @Test
    void refusesEveryStrangerWhateverHeWrites() throws Exception {
        Battery row = Battery.row(13, "access gate", 600, 20_000);
        for (Service service : Service.ALL) {
            assertThatFriendsMayRead(service);
        }
        Map<Integer, Integer> answers = new TreeMap<>();
        List<String> passed = new ArrayList<>();
        List<Probe> probes = probes(row.rounds());
        for (int i = 0; i < probes.size(); i++) {
            Probe probe = probes.get(i);
            byte[] answer = send(probe);
            int status = Wire.status(answer);
            answers.merge(status, 1, Integer::sum);
            String body = Wire.text(Wire.body(answer));
            boolean refused = REFUSALS.contains(status) || (BEFORE_US.contains(status) && !isOurs(answer));
            if (!refused || DATA.stream().anyMatch(body::contains)) {
                passed.add(probe + " -> " + Wire.head(answer));
            }
            row.progress(i + 1);
        }
        assertThat(passed).as("seed %d", SEED).isEmpty();
        for (Service service : Service.ALL) {
            assertThatFriendsMayRead(service); // no stranger's write had an effect
        }
        row.held(String.format(
                "%d probes of %d routes in %d configurations, answered %s; 400 and 501 are Tomcat's own, before any of us",
                probes.size(), routes.size(), Service.ALL.size(), answers));
    }

    private void assertThatFriendsMayRead(Service service) throws IOException {
        for (RouteTable.Line route : routes) {
            if (route.method().equals("GET")) {
                Probe friend = new Probe(
                        service,
                        "GET",
                        service.root() + route.path(),
                        "",
                        List.of(
                                "Host: localhost",
                                service.equals(Service.TOKEN_ALONE) ? "Authorization: Bearer " + TOKEN : ""));
                byte[] answer = send(friend);
                assertThat(Wire.status(answer)).as("%s", friend).isEqualTo(200);
                if (route.path().equals("/metrics/endpoints")) {
                    assertThat(Wire.text(Wire.body(answer))).contains(SECRET);
                }
            }
        }
    }

    /** Every route with every verb, trick and disguise once; then combinations as the seed has them. */
    private List<Probe> probes(int most) {
        Random random = new Random(SEED);
        Set<Probe> probes = new LinkedHashSet<>();
        List<Probe> each = new ArrayList<>();
        for (RouteTable.Line route : routes) {
            for (String verb : VERBS) {
                each.add(stranger(random, route, verb, "plain"));
            }
            for (String trick : TRICKS.keySet()) {
                each.add(stranger(random, route, "GET", trick));
            }
        }
        for (String disguise : FORWARDED) {
            each.add(probe(Service.LOCAL, route(random), "GET", "plain", List.of("Host: localhost", disguise)));
        }
        for (String host : HOSTS) {
            each.add(probe(Service.LOCAL, route(random), "GET", "plain", List.of("Host: " + host)));
        }
        for (String token : TOKENS) {
            each.add(probe(Service.TOKEN_ALONE, route(random), "GET", "plain", List.of("Host: localhost", token)));
        }
        for (String origin : ORIGINS) {
            each.add(probe(Service.LOCAL, route(random), "DELETE", "plain", List.of("Host: localhost", origin)));
        }
        each.stream().filter(this::isRefused).forEach(probes::add);
        List<String> tricks = List.copyOf(TRICKS.keySet());
        while (probes.size() < most) {
            Probe next = stranger(random, route(random), any(random, VERBS), any(random, tricks));
            if (isRefused(next)) {
                probes.add(next);
            }
        }
        List<Probe> shuffled = new ArrayList<>(probes);
        Collections.shuffle(shuffled, random);
        return shuffled;
    }

    /** What is open to strangers is no probe: the longest of the paths in it counts. */
    private boolean isRefused(Probe probe) {
        return routes.stream()
                .filter(route -> probe.target.contains(route.path()))
                .max(Comparator.comparingInt(route -> route.path().length()))
                .map(route -> !route.forStrangers())
                .orElse(true);
    }

    private Probe stranger(Random random, RouteTable.Line route, String verb, String trick) {
        boolean write = !READS.contains(verb);
        Service service = any(random, Service.ALL);
        if (service.equals(Service.OPEN) && !write) {
            service = Service.LOCAL;
        }
        List<String> headers = new ArrayList<>();
        int disguise = random.nextInt(4);
        if (disguise == 0) {
            headers.add("Host: " + any(random, HOSTS));
        } else {
            headers.add("Host: localhost");
        }
        if (disguise == 1) {
            headers.add(any(random, FORWARDED));
        }
        if (disguise == 2) {
            headers.add(any(random, FORWARDED));
            headers.add(any(random, FORWARDED));
        }
        if (disguise == 3) { // a page of another origin, in a browser on this machine; or without the token
            if (write && !service.equals(Service.TOKEN_ALONE)) {
                headers.add(any(random, ORIGINS));
                return probe(service, route, verb, trick, headers);
            }
            service = Service.TOKEN_ALONE;
        }
        if (service.equals(Service.TOKEN_ALONE) || service.equals(Service.LOCAL_OR_TOKEN)) {
            headers.add(any(random, TOKENS));
        }
        headers.add(any(random, EXTRAS));
        return probe(service, route, verb, trick, headers);
    }

    private Probe probe(Service service, RouteTable.Line route, String verb, String trick, List<String> headers) {
        String path = TRICKS.get(trick).apply(route.path());
        String target = path.startsWith("http://")
                ? path.replaceFirst("(http://[^/]*)", "$1" + service.root())
                : service.root() + path;
        return new Probe(service, verb, target, trick, headers);
    }

    private RouteTable.Line route(Random random) {
        return any(random, routes);
    }

    private static <T> T any(Random random, List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private static boolean isOurs(byte[] answer) {
        return Wire.head(answer).contains("application/problem+json");
    }

    private byte[] send(Probe probe) throws IOException {
        return Wire.answer(tomcat.port(), probe.bytes());
    }
}
