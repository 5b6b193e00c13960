package io.millisight.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HostileTextsTest {

    @Test
    void thereAreMoreThanThreeHundredEachOnce() {
        assertThat(HostileTexts.all()).hasSizeGreaterThan(300).doesNotHaveDuplicates();
    }
}
