package io.millisight.spring.reactive;

import io.millisight.http.LiveClient;
import io.millisight.http.LiveFrame;
import io.millisight.http.LiveStream;
import io.millisight.http.LiveSubscription;
import java.io.EOFException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * The live feed as a publisher: takes a frame when one is asked for, so that the feed knows who stalls.
 *
 * <p>Both the subscriber and the feed ask for emission. Whoever raises {@link #asked} from 0 emits until it is 0 again.
 */
final class LiveFrames implements LiveClient {

    private final FluxSink<LiveFrame> sink;
    private final AtomicInteger asked = new AtomicInteger();
    private volatile @Nullable LiveSubscription frames;

    private LiveFrames(FluxSink<LiveFrame> sink) {
        this.sink = sink;
    }

    static Flux<LiveFrame> of(LiveStream live) {
        return Flux.create(
                sink -> {
                    LiveFrames client = new LiveFrames(sink);
                    LiveSubscription subscription = live.subscribe(client);
                    client.frames = subscription;
                    sink.onDispose(subscription::close);
                    sink.onRequest(more -> client.emit());
                },
                FluxSink.OverflowStrategy.IGNORE);
    }

    @Override
    public void available() {
        emit();
    }

    private void emit() {
        LiveSubscription subscription = frames;
        if (subscription == null || asked.getAndIncrement() > 0) {
            return;
        }
        int seen = 1;
        do {
            while (sink.requestedFromDownstream() > 0) {
                LiveFrame frame = subscription.poll();
                if (frame == null) {
                    break;
                }
                sink.next(frame);
            }
            seen = asked.addAndGet(-seen);
        } while (seen > 0);
    }

    /** An error, for an end in good order would wait for the client; of this kind, for Spring logs it as a client's absence. */
    @Override
    public void ended() {
        sink.error(new EOFException("the live feed has ended"));
    }
}
