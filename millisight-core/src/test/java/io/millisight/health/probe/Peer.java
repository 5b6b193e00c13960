package io.millisight.health.probe;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ServerSocketFactory;

/** The other side of a connection that means harm, or is not what it is taken for: says what a test has it say. */
final class Peer implements AutoCloseable {

    /** What is done with each connection. */
    interface Talk {
        void with(Peer peer, InputStream in, OutputStream out) throws Exception;
    }

    private final ServerSocket server;
    private final Talk talk;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);

    private Peer(ServerSocket server, Talk talk) {
        this.server = server;
        this.talk = talk;
        daemon(this::accept);
    }

    static Peer that(Talk talk) throws IOException {
        return over(ServerSocketFactory.getDefault(), talk);
    }

    static Peer over(ServerSocketFactory sockets, Talk talk) throws IOException {
        return new Peer(sockets.createServerSocket(0, 10, InetAddress.getLoopbackAddress()), talk);
    }

    /** Reads one request, as far as it comes in one piece, and answers it; then closes. */
    static Peer thatAnswers(String answer) throws IOException {
        return that((peer, in, out) -> {
            if (in.read(new byte[8192]) > 0) {
                out.write(answer.getBytes(StandardCharsets.UTF_8));
            }
        });
    }

    /** Listens, and never says anything. */
    static Peer thatIsSilent() throws IOException {
        return that((peer, in, out) -> {
            while (in.read() >= 0) {}
        });
    }

    /** Says one byte every few milliseconds, for ever. */
    static Peer thatDrips(String first, char drop) throws IOException {
        return that((peer, in, out) -> {
            out.write(first.getBytes(StandardCharsets.UTF_8));
            while (!peer.closed.await(20, TimeUnit.MILLISECONDS)) {
                out.write(drop);
            }
        });
    }

    /** Says the same as fast as it can, for ever. */
    static Peer thatFloods(String first, char drop) throws IOException {
        byte[] many = String.valueOf(drop).repeat(65536).getBytes(StandardCharsets.UTF_8);
        return that((peer, in, out) -> {
            out.write(first.getBytes(StandardCharsets.UTF_8));
            while (peer.closed.getCount() > 0) {
                out.write(many);
            }
        });
    }

    int port() {
        return server.getLocalPort();
    }

    /** Whether the other side has closed every connection it had opened; waits for it. */
    boolean isLeftAlone() throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!connections.isEmpty() && System.nanoTime() < until) {
            Thread.onSpinWait();
        }
        return connections.isEmpty();
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = server.accept();
                connections.add(connection);
                daemon(() -> serve(connection));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            talk.with(this, connection.getInputStream(), connection.getOutputStream());
        } catch (Exception e) {
            // The other side has gone, which is what a test waits for.
        } finally {
            connections.remove(connection);
        }
    }

    private static void daemon(Runnable run) {
        Thread thread = new Thread(run, "peer");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            server.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
