package io.millisight.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.store.RequestKey;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class RequestCursorTest {

    private static final RequestKey KEY = new RequestKey(1_767_225_600_000_001L, 42);

    @Test
    void comesBackAsItWas() {
        for (RequestKey key :
                new RequestKey[] {KEY, new RequestKey(0, 0), new RequestKey(Long.MAX_VALUE, Long.MAX_VALUE)}) {
            assertThat(RequestCursor.decode(RequestCursor.encode(key))).isEqualTo(key);
        }
    }

    @Test
    void fitsIntoAQueryAsItIs() {
        assertThat(RequestCursor.encode(KEY)).matches("[A-Za-z0-9_-]{28}");
    }

    @Test
    void refusesEveryChangeOfOneBit() {
        byte[] bytes = Base64.getUrlDecoder().decode(RequestCursor.encode(KEY));
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] damaged = bytes.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(RequestCursor.decode(Base64.getUrlEncoder().encodeToString(damaged)))
                    .isNull();
        }
    }

    @Test
    void refusesWhatIsNoCursor() {
        String cursor = RequestCursor.encode(KEY);
        for (String text : new String[] {"", "x", "!!", cursor.substring(1), cursor + "AAAA", "A".repeat(28), "42"}) {
            assertThat(RequestCursor.decode(text)).as(text).isNull();
        }
    }
}
