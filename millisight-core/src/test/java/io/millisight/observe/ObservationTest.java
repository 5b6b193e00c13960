package io.millisight.observe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObservationTest {

    @ParameterizedTest
    @CsvSource({
        "200, COMPLETED, false, false",
        "304, COMPLETED, false, false",
        "399, CLIENT_ABORT, false, false",
        "400, COMPLETED, false, true",
        "404, CLIENT_ABORT, false, true",
        "499, COMPLETED, false, true",
        "404, EXCEPTION, true, false",
        "200, EXCEPTION, true, false",
        "200, TIMEOUT, true, false",
        "500, COMPLETED, true, false",
        "503, CLIENT_ABORT, true, false"
    })
    void isAnErrorOfTheServiceOrOfTheCallerOrOfNobody(int status, Outcome outcome, boolean server, boolean client) {
        Observation observation = new Observation(0, Endpoint.OTHER, status, outcome, false, 0, 0, null, null);
        assertThat(observation.isServerError()).isEqualTo(server);
        assertThat(observation.isClientError()).isEqualTo(client);
    }
}
