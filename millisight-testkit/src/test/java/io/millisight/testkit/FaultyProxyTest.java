package io.millisight.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.testkit.FaultyProxy.Direction;
import io.millisight.testkit.FaultyProxy.Fate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FaultyProxyTest {

    /** Answers each byte by the same byte, and at the end says what it has got. */
    private ServerSocket server;

    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private FaultyProxy proxy;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(() -> {
            while (true) {
                Socket client = server.accept();
                start(() -> echo(client));
            }
        });
        proxy = FaultyProxy.to(server.getLocalPort());
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        server.close();
    }

    private interface Task {
        void run() throws IOException;
    }

    private static void start(Task task) {
        Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (IOException e) {
                // Closed.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void echo(Socket client) throws IOException {
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        try (client;
                InputStream in = client.getInputStream()) {
            for (int next = in.read(); next >= 0; next = in.read()) {
                got.write(next);
                client.getOutputStream().write(next);
            }
        } finally {
            received.add(got.toString(StandardCharsets.US_ASCII));
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        socket.setSoTimeout(30_000);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String read(Socket socket, int bytes) throws IOException {
        return new String(socket.getInputStream().readNBytes(bytes), StandardCharsets.US_ASCII);
    }

    private String receivedByServer() throws InterruptedException {
        return received.poll(30, TimeUnit.SECONDS);
    }

    @Test
    void forwardsBothWaysUntilBothSidesHaveEnded() throws Exception {
        try (Socket socket = connect()) {
            send(socket, "hello");
            assertThat(read(socket, 5)).isEqualTo("hello");
            send(socket, "bye");
            socket.shutdownOutput();
            assertThat(read(socket, 100)).isEqualTo("bye");
        }
        assertThat(receivedByServer()).isEqualTo("hellobye");
        assertThat(proxy.harmed()).isZero();
    }

    @Test
    void cutsBehindTheGivenByteOnTheWayToTheServer() throws Exception {
        proxy.setFates(() -> new Fate.Cut(Direction.TO_SERVER, 3));
        try (Socket socket = connect()) {
            send(socket, "hello");
            assertThatThrownBy(() -> read(socket, 5)).isInstanceOf(SocketException.class);
        }
        assertThat("hello".substring(0, 3)).startsWith(receivedByServer());
        assertThat(proxy.harmed()).isEqualTo(1);
    }

    @Test
    void cutsBehindTheGivenByteOnTheWayToTheClient() throws Exception {
        proxy.setFates(() -> new Fate.Cut(Direction.TO_CLIENT, 3));
        try (Socket socket = connect()) {
            send(socket, "he");
            assertThat(read(socket, 2)).isEqualTo("he");
            send(socket, "llo");
            assertThatThrownBy(() -> read(socket, 5)).isInstanceOf(SocketException.class);
        }
        assertThat(receivedByServer()).startsWith("he");
    }

    @Test
    void cutsAtOnceWhereNoByteIsAllowed() throws Exception {
        proxy.setFates(() -> new Fate.Cut(Direction.TO_CLIENT, 0));
        try (Socket socket = connect()) {
            assertThatThrownBy(() -> read(socket, 1)).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void fallsSilentAndKeepsTheConnectionOpen() throws Exception {
        proxy.setFates(() -> new Fate.Silenced(Direction.TO_SERVER, 3));
        try (Socket socket = connect()) {
            send(socket, "hello");
            socket.setSoTimeout(300);
            assertThatThrownBy(() -> socket.getInputStream().readNBytes(4)).isInstanceOf(SocketTimeoutException.class);
            send(socket, "nobody hears");
            assertThat(received).isEmpty();
        }
        assertThat(receivedByServer()).isEqualTo("hel");
        assertThat(proxy.harmed()).isEqualTo(1);
    }

    @Test
    void losesTheAnswerToARequestThatTheServerHasGot() throws Exception {
        proxy.setFates(() -> new Fate.AnswerLost("COMMIT", 2));
        try (Socket socket = connect()) {
            send(socket, "COMMIT");
            assertThat(read(socket, 6)).isEqualTo("COMMIT");
            send(socket, "SELECT");
            assertThat(read(socket, 6)).isEqualTo("SELECT");
            send(socket, "COMMIT");
            assertThatThrownBy(() -> read(socket, 6)).isInstanceOf(SocketException.class);
        }
        assertThat(receivedByServer()).startsWith("COMMITSELECTC");
    }

    @Test
    void refusesUntilToldOtherwise() throws Exception {
        proxy.setRefusing(true);
        try (Socket socket = connect()) {
            assertThatThrownBy(() -> read(socket, 1)).isInstanceOf(SocketException.class);
        } catch (SocketException e) {
            // Reset before the client had looked.
        }
        assertThat(proxy.harmed()).isEqualTo(1);
        proxy.setRefusing(false);
        try (Socket socket = connect()) {
            send(socket, "hello");
            assertThat(read(socket, 5)).isEqualTo("hello");
        }
    }

    @Test
    void cutsAllThatIsOpen() throws Exception {
        try (Socket one = connect();
                Socket other = connect()) {
            send(one, "a");
            send(other, "b");
            assertThat(read(one, 1) + read(other, 1)).isEqualTo("ab");
            proxy.cutAll();
            assertThatThrownBy(() -> read(one, 1)).isInstanceOf(SocketException.class);
            assertThatThrownBy(() -> read(other, 1)).isInstanceOf(SocketException.class);
        }
        assertThat(proxy.harmed()).isEqualTo(2);
    }

    @Test
    void resetsClientsWhileTheServerIsAway() throws Exception {
        int unused;
        try (ServerSocket bound = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            unused = bound.getLocalPort();
        }
        try (FaultyProxy toNobody = FaultyProxy.to(unused);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), toNobody.port())) {
            socket.setSoTimeout(30_000);
            assertThatThrownBy(() -> read(socket, 1)).isInstanceOf(SocketException.class);
            assertThat(toNobody.harmed()).isZero();
        }
    }

    @Test
    void endsWhatIsOpenWhenItIsClosed() throws Exception {
        try (Socket socket = connect()) {
            send(socket, "a");
            assertThat(read(socket, 1)).isEqualTo("a");
            proxy.close();
            assertThatThrownBy(() -> read(socket, 1)).isInstanceOf(SocketException.class);
        }
        assertThat(receivedByServer()).isEqualTo("a");
    }

    @Test
    void saysWhichFatesThereAreNot() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Fate.Cut(Direction.TO_CLIENT, -1))
                .withMessage("bytes: -1; allowed: 0 and more");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Fate.AnswerLost("", 0))
                .withMessage("answer lost: request '', times 0; allowed: some words, at least 1");
    }
}
