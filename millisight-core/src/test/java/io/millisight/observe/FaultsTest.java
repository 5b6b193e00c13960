package io.millisight.observe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FaultsTest {

    @Test
    void countsWhereItsLoggerFails() {
        Faults faults = new Faults();
        Throwable unprintable = new IllegalStateException() {
            private static final long serialVersionUID = 1;

            @Override
            public String getMessage() {
                throw new OutOfMemoryError();
            }

            @Override
            public String getLocalizedMessage() {
                throw new OutOfMemoryError();
            }
        };

        faults.count("here", unprintable);

        assertThat(faults.count()).isEqualTo(1);
    }

    @Test
    void countsEveryFaultAlsoWhereItIsQuiet() {
        Faults faults = new Faults();

        faults.count("here", new IllegalStateException("first"));
        faults.count("here", new IllegalStateException("second"));

        assertThat(faults.count()).isEqualTo(2);
    }
}
