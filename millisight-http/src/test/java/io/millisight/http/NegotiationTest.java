package io.millisight.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NegotiationTest {

    private static final List<MediaType> OFFERS = List.of(MediaType.JSON, MediaType.NDJSON, MediaType.CSV);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                                        | application/json",
                "*/*                                                       | application/json",
                "*                                                         | application/json",
                "application/*                                             | application/json",
                "text/*                                                    | text/csv",
                "text/csv                                                  | text/csv",
                "TEXT/CSV                                                  | text/csv",
                "text/csv; header=present                                  | text/csv",
                "text/csv; charset=UTF-8                                   | text/csv",
                "application/json; charset=\"utf-8\"                       | application/json",
                "application/json; odata=verbose                           | application/json",
                "text/csv, application/json;q=0.9                          | text/csv",
                "text/csv;q=0.8, application/json;q=0.9                    | application/json",
                "text/csv;q=0.9, application/x-ndjson;q=0.9                | application/x-ndjson",
                "*/*, application/json;q=0                                 | application/x-ndjson",
                "*/*;q=0.1, text/*;q=0.5                                   | text/csv",
                "application/json;q=0.2, application/*;q=0.5               | application/x-ndjson",
                "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2      | application/json",
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8 | application/json",
                "rubbish, text/csv                                         | text/csv",
                "a/b/c, /, */json, text/csv;q=abc, application/json;q=0.1  | application/json",
                "text/csv;Q=1.000, application/json;q=0.999                | text/csv",
                "text/csv;;header=present                                  | text/csv",
                "text/csv;q=0.5, text/csv;header=present;q=1, */*;q=0.7    | text/csv",
            })
    void picksWhatTheClientWantsMost(String accept, String chosen) {
        assertThat(Negotiation.choose(OFFERS, List.of(accept)).name()).isEqualTo(chosen);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/html",
                "application/json;q=0",
                "*/*;q=0",
                "text/csv;header=absent",
                "application/json;charset=utf-16",
                "rubbish",
                "image/*",
                "application/json;q=2",
                "application/json;q=-1",
                ",",
                "application/jsonp"
            })
    void refusesWhatIsNotOffered(String accept) {
        Problem problem = catchThrowableOfType(
                        ProblemException.class, () -> Negotiation.choose(OFFERS, List.of(accept)))
                .problem();
        assertThat(problem.status()).isEqualTo(406);
        assertThat(problem.members()).containsEntry("allowed", "application/json, application/x-ndjson, text/csv");
    }

    @Test
    void readsSeveralHeadersAsOneList() {
        assertThat(Negotiation.choose(OFFERS, List.of("application/json;q=0.1", "text/csv")))
                .isEqualTo(MediaType.CSV);
        assertThat(Negotiation.choose(OFFERS, List.of())).isEqualTo(MediaType.JSON);
    }

    @Test
    void writesParametersBehindTheType() {
        assertThat(MediaType.CSV).hasToString("text/csv; header=present; charset=utf-8");
        assertThat(MediaType.JSON).hasToString("application/json; charset=utf-8");
    }
}
