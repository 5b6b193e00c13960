package io.millisight.health.probe;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.security.GeneralSecurityException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection on which everything together, connecting and the TLS handshake included, ends at a deadline.
 *
 * <p>A socket's own timeout is for one read, so a peer that sends a byte a second is never late; here every read is given
 * only what remains of the whole. TLS is laid over this socket and reads through it, so it is bounded too. Underneath is a
 * channel, because a channel's reads are interruptible and a plain socket's are not. What is sent is a few hundred bytes,
 * which the kernel takes at once, so writing is not bounded.
 */
final class DeadlineSocket extends Socket {

    private final Socket channel;
    private final Deadline deadline;

    private DeadlineSocket(Socket channel, Deadline deadline) {
        this.channel = channel;
        this.deadline = deadline;
    }

    /**
     * Connects.
     *
     * @throws IOException when that fails, or takes too long
     */
    static DeadlineSocket connect(String host, int port, Deadline deadline) throws IOException {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new UnknownHostException(host);
        }
        SocketChannel channel = SocketChannel.open();
        try {
            channel.socket().connect(address, deadline.remainingMillis());
            channel.socket().setTcpNoDelay(true);
            return new DeadlineSocket(channel.socket(), deadline);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * This connection with TLS over it, the handshake done and the name on the certificate compared with the host. To close
     * it, close this one: TLS would say goodbye first, and wait.
     */
    SSLSocket secured(@Nullable SSLContext context, String host, int port) throws IOException {
        SSLSocket secured = (SSLSocket) (context == null ? defaultContext() : context)
                .getSocketFactory()
                .createSocket(this, host, port, true);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        return secured;
    }

    /** An interrupt closes the channel, and what stands above it reports that in its own words: says what it was. */
    static void rethrowInterruption(IOException failure) throws InterruptedException {
        if (Thread.interrupted()) {
            InterruptedException interruption = new InterruptedException("interrupted while waiting for an answer");
            interruption.initCause(failure);
            throw interruption;
        }
    }

    private static SSLContext defaultContext() throws IOException {
        try {
            return SSLContext.getDefault();
        } catch (GeneralSecurityException e) {
            throw new IOException("the JVM's default TLS settings cannot be used", e);
        }
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return new FilterInputStream(channel.getInputStream()) {
            @Override
            public int read() throws IOException {
                bound();
                return super.read();
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                bound();
                return super.read(bytes, offset, length);
            }
        };
    }

    private void bound() throws IOException {
        if (deadline.remainingNanos() < TimeUnit.MILLISECONDS.toNanos(1)) {
            throw new SocketTimeoutException("the time is up");
        }
        channel.setSoTimeout(deadline.remainingMillis());
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return channel.getOutputStream();
    }

    @Override
    public synchronized void close() throws IOException {
        channel.close();
    }

    // What TLS asks of the socket beneath it.

    @Override
    public boolean isConnected() {
        return channel.isConnected();
    }

    @Override
    public boolean isBound() {
        return channel.isBound();
    }

    @Override
    public boolean isClosed() {
        return channel.isClosed();
    }

    @Override
    public boolean isInputShutdown() {
        return channel.isInputShutdown();
    }

    @Override
    public boolean isOutputShutdown() {
        return channel.isOutputShutdown();
    }

    @Override
    public void shutdownInput() throws IOException {
        channel.shutdownInput();
    }

    @Override
    public void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public @Nullable InetAddress getInetAddress() {
        return channel.getInetAddress();
    }

    @Override
    public int getPort() {
        return channel.getPort();
    }

    @Override
    public @Nullable SocketAddress getRemoteSocketAddress() {
        return channel.getRemoteSocketAddress();
    }

    @Override
    public synchronized int getSoTimeout() throws SocketException {
        return channel.getSoTimeout();
    }

    /** Left alone: the deadline decides. */
    @Override
    public synchronized void setSoTimeout(int millis) {}
}
