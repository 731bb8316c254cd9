package io.lignum.server.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

class LivenessTest {

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // The clock may wrap.
    private final Liveness liveness = new Liveness(nanos::get);

    @Test
    void threadThatStandsStillForLongerThanTheLimit_isNamedUntilItMovesAgain() {
        List<Runnable> beats = new ArrayList<>();
        liveness.watch("The loop", beats::add);
        nanos.addAndGet(Liveness.MAX_SILENCE.toNanos());
        assertThat(liveness.stuck()).isEmpty();
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(liveness.stuck()).containsExactly("The loop has not moved for 11 s");
        beats.forEach(Runnable::run);
        assertThat(liveness.stuck()).isEmpty();
    }

    @Test
    void severalChecks_allOfWhatIsStuckIsNamed() {
        liveness.watchWith(() -> List.of("the writer"));
        liveness.watchWith(List::of);
        liveness.watchWith(() -> List.of("the tick"));
        assertThat(liveness.stuck()).containsExactly("the writer", "the tick");
    }
}
