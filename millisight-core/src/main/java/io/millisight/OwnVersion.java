package io.millisight;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The version of Millisight, as the build wrote it down. */
final class OwnVersion {

    private OwnVersion() {}

    static String read() {
        try (InputStream in = OwnVersion.class.getResourceAsStream("version.txt")) {
            return in == null ? "unknown" : new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("resource version.txt", e);
        }
    }
}
