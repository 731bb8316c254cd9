package io.lignum.server;

import io.lignum.server.access.SecurityMode;
import io.lignum.server.config.ServerConfig;
import io.lignum.server.security.RecoveryFile;
import io.lignum.server.service.LogService;
import io.lignum.server.service.NodeAlarm.Kind;
import io.lignum.server.service.NodeAlarms;
import io.lignum.server.tls.TlsReloader;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * The conditions of the alarms about security. {@link LignumNode} adds them at its start; they are
 * evaluated on the thread of the security log.
 */
final class SecurityAlarms {

    private final ServerConfig config;
    private final InstantSource clock;

    private SecurityAlarms(ServerConfig config, InstantSource clock) {
        this.config = config;
        this.clock = clock;
    }

    /** @throws NodeStartException the address to bind is invalid */
    static void addTo(LogService service, ServerConfig config, Optional<TlsReloader> tls) {
        SecurityAlarms made = new SecurityAlarms(config, InstantSource.system());
        NodeAlarms alarms = service.alarms();
        boolean isOpen = config.access().mode() == SecurityMode.OPEN
                && StartNotice.isReachable(config.host())
                && !StartNotice.needsCertificate(config);
        alarms.add(Kind.OPEN_TO_ALL, () -> isOpen ? Optional.of(made.open()) : Optional.empty());
        alarms.add(Kind.RECOVERY_TOKEN, made::recoveryToken);
        alarms.add(Kind.NO_USERS, () -> made.noUsers(service));
        tls.ifPresent(reloader -> {
            alarms.add(Kind.CERTIFICATE_ENDS, () -> made.certificateEnds(reloader));
            alarms.add(Kind.CERTIFICATE_ENDED, () -> made.certificateEnded(reloader));
            alarms.add(
                    Kind.TLS_RELOAD_FAILED,
                    () -> reloader.files()
                            .failure()
                            .map(why -> "the new files of TLS cannot be used: " + why));
        });
    }

    private String open() {
        return "every caller that reaches this host may read, write and delete: security.mode is open,"
                + " and " + config.host() + " is bound";
    }

    private Optional<String> recoveryToken() {
        if (!config.access().mode().usesGrants()) {
            return Optional.empty();
        }
        return RecoveryFile.end(config.dataDirectory())
                .filter(clock.instant()::isBefore)
                .map(until -> "a recovery token may do everything until " + until + "; delete "
                        + RecoveryFile.NAME + " in the data directory to end it");
    }

    private Optional<String> noUsers(LogService service) {
        boolean isLocked = config.access().mode() == SecurityMode.ON
                && service.security().isLoaded()
                && !service.security().state().hasUsers()
                && config.access().logins().superusers().isEmpty();
        return isLocked
                ? Optional.of("no caller can log in: there is no user. Set"
                        + " security.bootstrap-user-file, or run lignum security recover")
                : Optional.empty();
    }

    private Duration left(TlsReloader tls) {
        return Duration.between(clock.instant(), tls.current().notAfter());
    }

    private Optional<String> certificateEnds(TlsReloader tls) {
        Duration left = left(tls);
        Instant end = tls.current().notAfter();
        return left.isNegative() || left.compareTo(tls.config().expiryWarning()) > 0
                ? Optional.empty()
                : Optional.of("the certificate in tls.cert-file ends in " + left.toDays()
                        + " days, at " + end);
    }

    private Optional<String> certificateEnded(TlsReloader tls) {
        return left(tls).isNegative()
                ? Optional.of("the certificate in tls.cert-file ended at "
                        + tls.current().notAfter() + ": clients refuse to connect")
                : Optional.empty();
    }
}
