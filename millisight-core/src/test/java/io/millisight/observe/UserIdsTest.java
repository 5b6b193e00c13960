package io.millisight.observe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UserIdsTest {

    @ParameterizedTest
    @EnumSource(UserIdPolicy.class)
    void keepNothingOfNobody(UserIdPolicy policy) {
        assertThat(new UserIds(policy).kept(null)).isNull();
        assertThat(new UserIds(policy).kept("")).isNull();
    }

    @Test
    void areKeptAsTheyAreUpToTheWidthOfTheirColumn() {
        UserIds userIds = new UserIds(UserIdPolicy.STORE);
        assertThat(userIds.kept("ann")).isEqualTo("ann");
        assertThat(userIds.kept("x".repeat(255))).hasSize(255);
        assertThat(userIds.kept("x".repeat(256))).hasSize(255);
    }

    @Test
    void areCutAtWholeCharacters() {
        assertThat(new UserIds(UserIdPolicy.STORE).kept("x".repeat(254) + "\ud83d\udc4d"))
                .isEqualTo("x".repeat(254));
    }

    @Test
    void areHashedAsSha256HasIt() {
        assertThat(new UserIds(UserIdPolicy.HASH).kept("abc")).isEqualTo("ba7816bf8f01cfea");
    }

    @Test
    void areNotKeptWhenOff() {
        assertThat(new UserIds(UserIdPolicy.OFF).kept("ann")).isNull();
    }
}
