package io.millisight.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.observe.Outcome;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What containers do not do on demand: connections that break at a chosen write, headers that make no sense. */
class TimedResponseTest {

    private final Recordings recordings = new Recordings();
    private final FakeResponse bare = new FakeResponse();
    private final MillisightFilter filter =
            new MillisightFilter(recordings.observer(), RouteResolver.servletMapping(), UserIdResolver.principalName());

    private interface Answer {
        void to(HttpServletResponse response) throws IOException;
    }

    static Stream<Named<Answer>> writes() {
        return Stream.of(
                Named.of("byte", response -> response.getOutputStream().write(1)),
                Named.of("bytes", response -> response.getOutputStream().write(new byte[10])),
                Named.of("text", response -> response.getOutputStream().print("text")),
                Named.of("flush", response -> response.getOutputStream().flush()),
                Named.of("close", response -> response.getOutputStream().close()),
                Named.of("flushBuffer", HttpServletResponse::flushBuffer));
    }

    @ParameterizedTest
    @MethodSource("writes")
    void recordsAnAbortWhicheverWriteFindsTheClientGone(Answer answer) {
        bare.breakConnection();

        assertThatThrownBy(() -> serve(answer)).hasMessage("broken pipe");

        assertRecorded(Outcome.CLIENT_ABORT);
    }

    @Test
    void recordsAnAbortThatTheApplicationSwallowed() throws Exception {
        bare.breakConnection();

        serve(response -> {
            try {
                response.getOutputStream().write(1);
            } catch (IOException swallowed) {
                response.setStatus(200);
            }
        });

        assertRecorded(Outcome.CLIENT_ABORT);
    }

    @Test
    void recordsAnAbortThatAWriterKeepsToItself() throws Exception {
        bare.breakConnection();

        serve(response -> {
            PrintWriter writer = response.getWriter();
            writer.print("text");
            writer.flush();
        });
        assertRecorded(Outcome.CLIENT_ABORT);

        serve(response -> {
            PrintWriter writer = response.getWriter();
            writer.print("text");
            assertThat(writer.checkError()).isTrue();
        });
        assertRecorded(Outcome.CLIENT_ABORT);
    }

    @Test
    void takesAWriteAfterTheApplicationsOwnCloseForItsBug() {
        assertThatThrownBy(() -> serve(response -> {
                    ServletOutputStream stream = response.getOutputStream();
                    stream.close();
                    bare.breakConnection();
                    stream.write(1);
                }))
                .hasMessage("broken pipe");

        assertRecorded(Outcome.EXCEPTION);
    }

    @Test
    void answersWhereAContentLengthMakesNoSense() throws Exception {
        serve(response -> {
            response.setHeader("Content-Length", "many");
            response.getOutputStream().write(1);
        });

        assertThat(bare.time()).endsWith("ms");
        assertRecorded(Outcome.COMPLETED);
        assertThat(filter.faults().count()).isZero();
    }

    @Test
    void waitsForTheEndWhereACompleteAnswerCanStillBeTakenBack() throws Exception {
        serve(response -> {
            response.setContentLength(2);
            response.getOutputStream().write(new byte[2]);
            response.setStatus(500);
        });

        assertThat(recordings.next().status()).isEqualTo(500);
    }

    @Test
    void takesNothingForTheAnswerThatIsWrittenAfterAnErrorWasSent() throws Exception {
        serve(response -> {
            response.setContentLength(2);
            response.sendError(404);
            bare.setStatus(404);
            response.getOutputStream().write(new byte[2]);
            response.flushBuffer();
            assertThat(recordings.waiting()).isZero();
        });

        assertThat(recordings.next().status()).isEqualTo(404);
    }

    @Test
    void answersWhereTheHeaderCannotBeSet() throws Exception {
        HttpServletResponse refusing = new HttpServletResponseWrapper(bare) {
            @Override
            public void setHeader(String name, String value) {
                throw new IllegalStateException("no more headers");
            }
        };

        filter.doFilter(new FakeRequest(), refusing, (request, response) -> response.getOutputStream()
                .write(1));

        assertRecorded(Outcome.COMPLETED);
        assertThat(filter.faults().count()).isPositive();
    }

    private void serve(Answer answer) throws Exception {
        filter.doFilter(new FakeRequest(), bare, (request, response) -> answer.to((HttpServletResponse) response));
    }

    private void assertRecorded(Outcome outcome) {
        assertThat(recordings.waiting()).isEqualTo(1);
        try {
            assertThat(recordings.next().outcome()).isEqualTo(outcome);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
