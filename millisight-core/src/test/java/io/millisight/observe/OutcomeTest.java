package io.millisight.observe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OutcomeTest {

    @Test
    void hasCodesThatNeverChange() {
        assertThat(Outcome.COMPLETED.code()).isEqualTo(0);
        assertThat(Outcome.EXCEPTION.code()).isEqualTo(1);
        assertThat(Outcome.CLIENT_ABORT.code()).isEqualTo(2);
        assertThat(Outcome.TIMEOUT.code()).isEqualTo(3);
    }

    @Test
    void isFoundByItsCode() {
        for (Outcome outcome : Outcome.values()) {
            assertThat(Outcome.ofCode(outcome.code())).isEqualTo(outcome);
        }
    }

    @Test
    void readsTheCodeOfANewerVersionAsCompleted() {
        assertThat(Outcome.ofCode(4)).isEqualTo(Outcome.COMPLETED);
        assertThat(Outcome.ofCode(-1)).isEqualTo(Outcome.COMPLETED);
    }
}
