package io.millisight.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * A network between a client and a server on this machine, and what can go wrong with it: connections are cut or fall silent
 * after a number of bytes, lose the answer to a request, are refused.
 *
 * <p>Listens on a loopback port of its own. What becomes of a connection is said before it is made, by its {@link Fate}; all
 * open ones can be {@linkplain #cutAll cut} at once. Thread-safe; two threads a connection.
 */
public final class FaultyProxy implements AutoCloseable {

    /** Which way bytes go. */
    public enum Direction {
        TO_SERVER,
        TO_CLIENT
    }

    /** What becomes of a connection. */
    public sealed interface Fate {

        /** Forwarded until a side ends it. */
        record Kept() implements Fate {}

        /**
         * Both sides are reset once so many bytes have gone this way.
         *
         * @param bytes at least 0
         */
        record Cut(Direction direction, long bytes) implements Fate {
            public Cut {
                requireNotNegative(bytes);
            }
        }

        /**
         * Open, but nothing is forwarded either way once so many bytes have gone this way.
         *
         * @param bytes at least 0
         */
        record Silenced(Direction direction, long bytes) implements Fate {
            public Silenced {
                requireNotNegative(bytes);
            }
        }

        /**
         * The server gets a request and answers it; the client gets a reset connection instead of the answer.
         *
         * @param request words of it, in ASCII; sent in one go
         * @param times which of the requests with these words: 1 is the first
         */
        record AnswerLost(String request, int times) implements Fate {
            public AnswerLost {
                if (request.isEmpty() || times < 1) {
                    throw new IllegalArgumentException("answer lost: request '" + request + "', times " + times
                            + "; allowed: some words, at least 1");
                }
            }
        }

        private static void requireNotNegative(long bytes) {
            if (bytes < 0) {
                throw new IllegalArgumentException("bytes: " + bytes + "; allowed: 0 and more");
            }
        }
    }

    private static final int CHUNK_BYTES = 1 << 13;

    private final InetSocketAddress server;
    private final ServerSocket listening;
    private final Set<Link> links = new HashSet<>();
    private final AtomicInteger harmed = new AtomicInteger();
    private volatile Supplier<Fate> fates = Fate.Kept::new;
    private volatile boolean refusing;
    private volatile boolean closed;

    private FaultyProxy(InetSocketAddress server) throws IOException {
        this.server = server;
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    /** Listens, and forwards to this port of the loopback until told otherwise. */
    public static FaultyProxy to(int serverPort) {
        try {
            FaultyProxy proxy = new FaultyProxy(new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort));
            thread("faulty-proxy", proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where clients connect to. */
    public int port() {
        return listening.getLocalPort();
    }

    /** Asks this for the fate of every connection that is made from now on. */
    public void setFates(Supplier<Fate> fates) {
        this.fates = fates;
    }

    /**
     * Whether connections are reset as soon as they are made. The port stays ours: one that nobody listens at may be taken
     * meanwhile, even by the client's own side of a connection.
     */
    public void setRefusing(boolean refusing) {
        this.refusing = refusing;
    }

    /** Resets all connections that are open. */
    public void cutAll() {
        Set<Link> open;
        synchronized (links) {
            open = Set.copyOf(links);
        }
        open.forEach(Link::harm);
    }

    /** How many connections were cut, silenced, refused or robbed of an answer so far. */
    public int harmed() {
        return harmed.get();
    }

    /** Ends all connections, and listens no more. */
    @Override
    public void close() {
        closed = true;
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            Set<Link> open;
            synchronized (links) {
                open = Set.copyOf(links);
            }
            open.forEach(Link::reset);
        }
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = listening.accept();
                if (refusing) {
                    harmed.incrementAndGet();
                    reset(client);
                } else {
                    connect(client);
                }
            } catch (IOException e) {
                // Closed, or a client that is gone already.
            }
        }
    }

    private void connect(Socket client) {
        Socket there = new Socket();
        try {
            there.connect(server);
            there.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
        } catch (IOException e) {
            reset(client); // What a client sees of a server that is away.
            reset(there);
            return;
        }
        Link link = new Link(client, there, fates.get());
        synchronized (links) {
            links.add(link);
        }
        if (closed) {
            link.reset();
            return;
        }
        thread("faulty-proxy-to-server", () -> link.forward(Direction.TO_SERVER));
        thread("faulty-proxy-to-client", () -> link.forward(Direction.TO_CLIENT));
    }

    private static void thread(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // Closed, or never connected.
        }
        try {
            socket.close();
        } catch (IOException e) {
            // No use to anybody either way.
        }
    }

    /** One connection. A thread for each direction. */
    private final class Link {

        private final Socket client;
        private final Socket there;
        private final Fate fate;
        private final AtomicInteger directionsEnded = new AtomicInteger();
        private int requestsSeen;
        private volatile boolean answerIsLost;
        private volatile boolean silent;

        Link(Socket client, Socket there, Fate fate) {
            this.client = client;
            this.there = there;
            this.fate = fate;
        }

        void forward(Direction direction) {
            Socket from = direction == Direction.TO_SERVER ? client : there;
            Socket to = direction == Direction.TO_SERVER ? there : client;
            try {
                forward(direction, from.getInputStream(), to.getOutputStream());
                if (!silent) {
                    to.shutdownOutput();
                }
                if (directionsEnded.incrementAndGet() == 2) {
                    end();
                } else if (silent && direction == Direction.TO_SERVER) {
                    reset();
                }
            } catch (IOException e) {
                // A side, or the other direction, has ended it. Nobody hears of that in a silent network.
                if (!silent || direction == Direction.TO_SERVER) {
                    reset();
                }
            }
        }

        private void forward(Direction direction, InputStream in, OutputStream out) throws IOException {
            byte[] chunk = new byte[CHUNK_BYTES];
            long left = allowed(direction);
            if (left == 0) {
                runOut();
            }
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                if (direction == Direction.TO_CLIENT && answerIsLost) {
                    harm();
                    return;
                }
                if (!silent) {
                    noteRequest(direction, chunk, count);
                    out.write(chunk, 0, (int) Math.min(count, left));
                }
                left -= count;
                if (left <= 0 && !silent) {
                    runOut();
                }
            }
        }

        private long allowed(Direction direction) {
            if (fate instanceof Fate.Cut cut && cut.direction == direction) {
                return cut.bytes;
            }
            if (fate instanceof Fate.Silenced silenced && silenced.direction == direction) {
                return silenced.bytes;
            }
            return Long.MAX_VALUE;
        }

        private void noteRequest(Direction direction, byte[] chunk, int count) {
            if (direction == Direction.TO_SERVER && fate instanceof Fate.AnswerLost lost) {
                String text = new String(chunk, 0, count, StandardCharsets.ISO_8859_1);
                if (text.contains(lost.request) && ++requestsSeen == lost.times) {
                    answerIsLost = true;
                }
            }
        }

        private void runOut() {
            if (fate instanceof Fate.Silenced) {
                silent = true;
                harmed.incrementAndGet();
            } else {
                harm();
            }
        }

        void harm() {
            harmed.incrementAndGet();
            reset();
        }

        void reset() {
            forget();
            FaultyProxy.reset(client);
            FaultyProxy.reset(there);
        }

        private void end() throws IOException {
            forget();
            client.close();
            there.close();
        }

        private void forget() {
            synchronized (links) {
                links.remove(this);
            }
        }
    }
}
