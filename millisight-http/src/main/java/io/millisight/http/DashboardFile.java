package io.millisight.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/** A file of the dashboard, as it is sent. Immutable: nobody changes the arrays. */
final class DashboardFile {

    private static final String FOLDER = "dashboard/";

    /** A line that is nothing but a comment, or a part of one. */
    private static final Pattern COMMENT_LINE =
            Pattern.compile("^[ \\t]*(//.*|/\\*\\*.*\\*/[ \\t]*|/\\*\\*(?!.*\\*/).*|\\*.*)$", Pattern.MULTILINE);

    private final MediaType type;
    private final byte[] bytes;
    private final byte[] gzipped;
    private final String etag;

    private DashboardFile(MediaType type, byte[] bytes) throws IOException {
        this.type = type;
        this.bytes = bytes;
        this.gzipped = gzip(bytes);
        this.etag = '"' + digest(bytes) + '"';
    }

    /** @throws IllegalStateException when the jar lacks it */
    static DashboardFile read(String name, MediaType type) {
        try (InputStream in = DashboardFile.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new IllegalStateException("missing in the jar: " + FOLDER + name);
            }
            byte[] bytes = in.readAllBytes();
            boolean ours = type.equals(MediaType.JAVASCRIPT) && !name.startsWith("vendor/");
            return new DashboardFile(type, ours ? withoutComments(bytes) : bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    MediaType type() {
        return type;
    }

    byte[] bytes() {
        return bytes;
    }

    byte[] gzipped() {
        return gzipped;
    }

    /** What it is, in quotes: differs when the bytes do. */
    String etag() {
        return etag;
    }

    /** A sixth of what goes over the wire. Lines stay, so that a browser's errors name those of the source. */
    private static byte[] withoutComments(byte[] script) {
        String code = new String(script, StandardCharsets.UTF_8);
        return COMMENT_LINE.matcher(code).replaceAll("").getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
