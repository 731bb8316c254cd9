package io.lignum.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.server.reload.UnusableFileException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/** Files that change under a running node. */
class TlsReloaderTest {

    @TempDir
    Path directory;

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private Path certificate;
    private Path key;

    @BeforeEach
    void copyFiles() throws IOException {
        certificate = directory.resolve("node.pem");
        key = directory.resolve("node.key");
        use("oak");
    }

    @AfterEach
    void stopTimer() {
        timer.shutdownNow();
    }

    private void use(String name) throws IOException {
        TestCertificates.copy(name, certificate, key);
    }

    private static void copy(String name, Path to) throws IOException {
        Files.copy(TestCertificates.file(name), to, StandardCopyOption.REPLACE_EXISTING);
    }

    private TlsReloader start(Clock clock) {
        TlsConfig.Listener listener = new TlsConfig.Listener(TlsMode.REQUIRED, ClientAuth.NONE);
        TlsConfig config = new TlsConfig(
                new TlsConfig.Files(
                        certificate, key, Optional.empty(), Optional.empty(), Optional.empty()),
                TlsVersion.TLS_1_2,
                Duration.ZERO,
                Duration.ofDays(30),
                Optional.empty(),
                listener,
                listener);
        return TlsReloader.start(config, timer, clock);
    }

    private TlsReloader start() {
        return start(Clock.systemUTC());
    }

    @Test
    void changedFiles_replaceTheIdentityAndAreReportedOnce() throws IOException {
        TlsReloader reloader = start();
        TlsIdentity first = reloader.current();
        List<TlsIdentity> reported = new ArrayList<>();
        reloader.onReload(reported::add);
        reloader.check();
        assertThat(reloader.current()).isSameAs(first);
        use("elsewhere");
        reloader.check();
        reloader.check();
        assertThat(reported).containsExactly(reloader.current());
        assertThat(reloader.current()).isNotSameAs(first);
        assertThat(reloader.files().reloads()).isEqualTo(1);
        assertThat(reloader.files().failures()).isZero();
    }

    @Test
    void keyOfAnotherCertificate_isNotTakenUntilBothFit() throws IOException {
        TlsReloader reloader = start();
        TlsIdentity first = reloader.current();
        copy("elsewhere.key", key);
        reloader.check();
        assertThat(reloader.current()).isSameAs(first);
        assertThat(reloader.files().failures()).isEqualTo(1);
        copy("elsewhere.pem", certificate);
        reloader.check();
        assertThat(reloader.current()).isNotSameAs(first);
    }

    @Test
    void missingEmptyHalfWrittenAndHugeFiles_leaveTheOldIdentityInUse() throws IOException {
        TlsReloader reloader = start();
        TlsIdentity first = reloader.current();
        byte[] whole = Files.readAllBytes(certificate);
        Files.delete(certificate);
        reloader.check();
        Files.write(certificate, new byte[0]);
        reloader.check();
        Files.write(certificate, Arrays.copyOf(whole, whole.length / 2));
        reloader.check();
        Files.write(certificate, new byte[2 << 20]);
        reloader.check();
        assertThat(reloader.current()).isSameAs(first);
        assertThat(reloader.files().failures()).isEqualTo(4);
        Files.write(certificate, whole);
        reloader.check();
        assertThat(reloader.current()).isSameAs(first);
    }

    @Test
    void symbolicLinkThatIsSwapped_isFollowed() throws IOException {
        Path data = directory.resolve("data");
        Files.createSymbolicLink(data, certificate);
        certificate = data;
        TlsReloader reloader = start();
        TlsIdentity first = reloader.current();
        Path next = directory.resolve("next.pem");
        copy("elsewhere.pem", next);
        copy("elsewhere.key", key);
        Path swapped = directory.resolve("swapped");
        Files.createSymbolicLink(swapped, next);
        Files.move(swapped, data, StandardCopyOption.ATOMIC_MOVE);
        reloader.check();
        assertThat(reloader.current()).isNotSameAs(first);
    }

    @Test
    void filesThatCannotBeUsedAtTheStart_areNamedWithTheirSetting() throws IOException {
        copy("elsewhere.key", key);
        assertThatThrownBy(this::start)
                .isInstanceOf(UnusableFileException.class)
                .hasMessageContaining("tls.cert-file: " + certificate)
                .hasMessageContaining("belongs to the private key");
        Files.delete(key);
        assertThatThrownBy(this::start)
                .hasMessageContaining("tls.key-file: " + key)
                .hasMessageContaining("cannot be read");
    }

    @Test
    void certificateOfAUser_isNotForANode() throws IOException {
        use("shop");
        assertThatThrownBy(this::start).hasMessageContaining("serverAuth");
    }

    @Test
    void listenerThatCannotUseTheNewIdentity_leavesTheOldOneInUse() throws IOException {
        TlsReloader reloader = start();
        TlsIdentity first = reloader.current();
        boolean[] fails = {true};
        reloader.onReload(identity -> {
            if (fails[0]) {
                throw new IllegalStateException("a listener that cannot use it");
            }
        });
        use("elsewhere");
        reloader.check();
        assertThat(reloader.current()).isSameAs(first);
        fails[0] = false;
        reloader.check();
        assertThat(reloader.current()).isNotSameAs(first);
    }

    @Test
    void certificateThatHasEnded_isStillServed() {
        Instant later = Instant.now().plus(Duration.ofDays(100));
        TlsReloader reloader = start(Clock.fixed(later, ZoneOffset.UTC));
        reloader.check();
        assertThat(reloader.current().notAfter()).isBefore(later);
        assertThat(reloader.files().failures()).isZero();
    }

    @Test
    void certificateThatHasEnded_doesNotReplaceAValidOne() throws IOException {
        TlsReloader reloader = start(Clock.offset(Clock.systemUTC(), Duration.ofDays(10)));
        TlsIdentity first = reloader.current();
        use("brief");
        reloader.check();
        assertThat(reloader.current()).isSameAs(first);
        assertThat(reloader.files().failures()).isEqualTo(1);
        use("elsewhere");
        reloader.check();
        assertThat(reloader.current()).isNotSameAs(first);
    }
}
