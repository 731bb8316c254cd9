package io.lignum.access.state;

import io.lignum.access.Principal;
import io.lignum.access.credential.ScramCredential;
import io.lignum.access.credential.ScramMechanism;

import java.util.List;
import java.util.Optional;

/**
 * A user.
 *
 * @param credentials of the password, one for each mechanism; empty: the user has tokens only
 * @param version the offset of the change that set the password; a login with an earlier password
 *     has another version
 * @param changedMillis when that was, in ms since the epoch
 */
public record User(
        String name, List<ScramCredential> credentials, long version, long changedMillis) {

    public User {
        credentials = List.copyOf(credentials);
    }

    public Principal principal() {
        return Principal.user(name);
    }

    /** The credential for a SCRAM mechanism. */
    public Optional<ScramCredential> credential(ScramMechanism mechanism) {
        return credentials.stream()
                .filter(credential -> credential.mechanism() == mechanism)
                .findFirst();
    }
}
