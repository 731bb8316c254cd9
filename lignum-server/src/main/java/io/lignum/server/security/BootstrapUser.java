package io.lignum.server.security;

import io.lignum.access.Principal;
import io.lignum.access.credential.PasswordPolicy;
import io.lignum.access.credential.ScramCredential;
import io.lignum.access.state.SecurityChange;
import io.lignum.access.state.SecurityRecord;
import io.lignum.record.IoErrors;
import io.lignum.server.service.BootstrapSource;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/**
 * Finds the first administrator in the file that {@code lignum security init} wrote into the data
 * directory, or in the one that {@code security.bootstrap-user-file} names. The first one is
 * deleted when there is an administrator. Called on one thread; reads files.
 */
public final class BootstrapUser implements BootstrapSource {

    private static final Logger LOG = LoggerFactory.getLogger(BootstrapUser.class);
    private static final int MAX_FILE_BYTES = 4_096;

    private final Path directory;
    private final Optional<Path> configured;
    private final PasswordPolicy passwords;
    private String problem = "";

    /** @param configured the value of security.bootstrap-user-file */
    public BootstrapUser(Path directory, Optional<Path> configured, PasswordPolicy passwords) {
        this.passwords = passwords;
        this.directory = directory;
        this.configured = configured;
    }

    @Override
    public Optional<SecurityRecord> find() {
        Optional<SecurityRecord> prepared = BootstrapFile.read(directory);
        return prepared.isPresent() ? prepared : configured.flatMap(this::read);
    }

    private Optional<SecurityRecord> read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1);
            if (bytes.length > MAX_FILE_BYTES) { // A part of the password would be another one.
                report(file + " has more than " + MAX_FILE_BYTES + " bytes");
                return Optional.empty();
            }
            String text = new String(bytes, StandardCharsets.UTF_8).strip();
            int colon = text.indexOf(':');
            if (colon < 1 || colon == text.length() - 1 || text.indexOf('\n') >= 0) {
                report(file + " must hold one line, NAME:PASSWORD");
                return Optional.empty();
            }
            String user = text.substring(0, colon);
            String password = text.substring(colon + 1);
            if (user.equals(Principal.ANONYMOUS.name())) {
                throw new IllegalArgumentException("no user can have the name " + user);
            }
            passwords.check(user, password);
            return Optional.of(record(user, password));
        } catch (IOException e) {
            report(file + " cannot be read: " + IoErrors.describe(e));
        } catch (IllegalArgumentException e) {
            report(file + ": " + e.getMessage());
        }
        return Optional.empty();
    }

    private static SecurityRecord record(String user, String password) {
        var unused = Principal.user(user); // Checks the name.
        return new SecurityRecord(
                UUID.randomUUID().toString(),
                "security.bootstrap-user-file",
                System.currentTimeMillis(),
                new SecurityChange.Bootstrap(user, ScramCredential.allOf(password)));
    }

    /** Once for each problem, since the file is looked at again and again. */
    private void report(String newProblem) {
        if (!newProblem.equals(problem)) {
            problem = newProblem;
            LOG.error("security.bootstrap-user-file: {}", newProblem);
        }
    }

    @Override
    public void done() {
        try {
            BootstrapFile.delete(directory);
        } catch (IOException e) {
            LOG.warn(
                    "{} is not used any more, and cannot be deleted: {}",
                    BootstrapFile.NAME,
                    IoErrors.describe(e));
        }
        configured
                .filter(Files::exists)
                .ifPresent(file -> LOG.info(
                        "There is an administrator: {} (security.bootstrap-user-file) is not used"
                                + " any more, and can be deleted",
                        file));
    }
}
