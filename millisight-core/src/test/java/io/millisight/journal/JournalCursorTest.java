package io.millisight.journal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JournalCursorTest {

    @Test
    void comparesLaneByLane() {
        JournalCursor cursor = JournalCursor.of(3, 5);
        assertThat(cursor.isAtOrAfter(JournalCursor.of(3, 5))).isTrue();
        assertThat(cursor.isAtOrAfter(JournalCursor.of(2, 4))).isTrue();
        assertThat(cursor.isAtOrAfter(JournalCursor.of(2, 6))).isFalse();
        assertThat(cursor.isAtOrAfter(JournalCursor.of(3))).isFalse();
    }

    @Test
    void isAValue() {
        long[] positions = {1, 2};
        JournalCursor cursor = JournalCursor.of(positions);
        positions[0] = 9;
        assertThat(cursor)
                .isEqualTo(JournalCursor.of(1, 2))
                .hasSameHashCodeAs(JournalCursor.of(1, 2))
                .isNotEqualTo(JournalCursor.of(1, 3))
                .isNotEqualTo("[1, 2]")
                .hasToString("[1, 2]");
        assertThat(cursor.lanes()).isEqualTo(2);
        assertThat(cursor.position(1)).isEqualTo(2);
    }
}
