package com.example.service;

import com.sun.management.ThreadMXBean;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Arrays;

/** Tells the bench what only this process knows, over a connection of its own: a route for it would be watched too. */
final class Gauge implements AutoCloseable {

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Socket bench;

    Gauge(int port) throws IOException {
        bench = new Socket(InetAddress.getLoopbackAddress(), port);
    }

    /** Says where the service is, and then, for each byte that comes, how much was allocated (a) or is alive (l). */
    void answer(int port) throws IOException {
        DataInputStream questions = new DataInputStream(bench.getInputStream());
        DataOutputStream answers = new DataOutputStream(bench.getOutputStream());
        answers.writeLong(port);
        for (int question = questions.read(); question >= 0; question = questions.read()) {
            answers.writeLong(question == 'a' ? allocatedBytes() : liveBytes());
        }
    }

    /** On Java 17 without what threads that have ended had allocated: the JVM adds that up since Java 21. */
    private long allocatedBytes() {
        try {
            return (long)
                    ThreadMXBean.class.getMethod("getTotalThreadAllocatedBytes").invoke(threads);
        } catch (NoSuchMethodException e) {
            return Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
                    .filter(bytes -> bytes > 0)
                    .sum();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long liveBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Override
    public void close() throws IOException {
        bench.close();
    }
}
