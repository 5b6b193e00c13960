package io.millisight.servlet;

import java.io.PrintWriter;
import java.util.Locale;

/**
 * The container's writer; tells the response before each write. Every method that {@link PrintWriter} would run under its
 * lock is passed on without one: a virtual thread that writes to a slow client must not pin its carrier.
 */
final class TimedWriter extends PrintWriter {

    /** No encoding takes more bytes for one character. */
    private static final int BYTES_A_CHARACTER = 4;

    private final PrintWriter writer;
    private final TimedResponse response;

    TimedWriter(PrintWriter writer, TimedResponse response) {
        super(writer);
        this.writer = writer;
        this.response = response;
    }

    private void willWrite(int characters) {
        response.willWrite((long) BYTES_A_CHARACTER * characters);
    }

    @Override
    public void write(int c) {
        willWrite(1);
        writer.write(c);
    }

    @Override
    public void write(char[] text, int offset, int length) {
        willWrite(length);
        writer.write(text, offset, length);
    }

    @Override
    public void write(char[] text) {
        write(text, 0, text.length);
    }

    @Override
    public void write(String text, int offset, int length) {
        willWrite(length);
        writer.write(text, offset, length);
    }

    @Override
    public void write(String text) {
        write(text, 0, text.length());
    }

    @Override
    public void println() {
        willWrite(2);
        writer.println();
    }

    @Override
    public void println(boolean value) {
        print(value);
        println();
    }

    @Override
    public void println(char value) {
        print(value);
        println();
    }

    @Override
    public void println(int value) {
        print(value);
        println();
    }

    @Override
    public void println(long value) {
        print(value);
        println();
    }

    @Override
    public void println(float value) {
        print(value);
        println();
    }

    @Override
    public void println(double value) {
        print(value);
        println();
    }

    @Override
    public void println(char[] value) {
        print(value);
        println();
    }

    @Override
    public void println(String value) {
        print(value);
        println();
    }

    @Override
    public void println(Object value) {
        print(value);
        println();
    }

    @Override
    @SuppressWarnings("AnnotateFormatMethod") // a container knows no such annotation
    public PrintWriter format(String format, Object... arguments) {
        write(String.format(format, arguments));
        return this;
    }

    @Override
    @SuppressWarnings("AnnotateFormatMethod") // a container knows no such annotation
    public PrintWriter format(Locale locale, String format, Object... arguments) {
        write(String.format(locale, format, arguments));
        return this;
    }

    /** A container's writer swallows a broken connection: the flush is where it shows. */
    @Override
    public void flush() {
        response.stamp();
        if (writer.checkError()) {
            response.writeFailed();
        }
    }

    @Override
    public void close() {
        response.stamp();
        writer.close();
    }

    @Override
    public boolean checkError() {
        response.stamp();
        boolean failed = writer.checkError();
        if (failed) {
            response.writeFailed();
        }
        return failed;
    }
}
