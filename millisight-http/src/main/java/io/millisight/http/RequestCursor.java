package io.millisight.http;

import io.millisight.store.RequestKey;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A place among the stored requests as text that clients hand back unread: version, instant, sequence, checksum, in
 * base64url. The checksum catches what was cut or mistyped; it is no secret, for a cursor grants nothing.
 */
final class RequestCursor {

    private static final byte VERSION = 1;
    private static final int PAYLOAD = 1 + 8 + 8;

    private RequestCursor() {}

    static String encode(RequestKey key) {
        ByteBuffer bytes = ByteBuffer.allocate(PAYLOAD + 4)
                .put(VERSION)
                .putLong(key.completedAtMicros())
                .putLong(key.sequence());
        bytes.putInt(checksum(bytes.array()));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    /** The place, or null when this is no cursor of ours. */
    static @Nullable RequestKey decode(String text) {
        ByteBuffer bytes;
        try {
            bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            return null;
        }
        if (bytes.capacity() != PAYLOAD + 4
                || bytes.get() != VERSION
                || bytes.getInt(PAYLOAD) != checksum(bytes.array())) {
            return null;
        }
        return new RequestKey(bytes.getLong(), bytes.getLong());
    }

    private static int checksum(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes, 0, PAYLOAD);
        return (int) crc.getValue();
    }
}
