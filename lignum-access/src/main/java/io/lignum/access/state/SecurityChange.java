package io.lignum.access.state;

import io.lignum.access.Grant;
import io.lignum.access.credential.ScramCredential;

import java.util.List;

/** A change of users, tokens or grants. {@link SecurityStateMachine} decides what it does. */
public sealed interface SecurityChange {

    /** Creates a user. Fails if there is one of this name. */
    record CreateUser(String name, List<ScramCredential> credentials) implements SecurityChange {
        public CreateUser {
            credentials = List.copyOf(credentials);
        }
    }

    /** Replaces a user's password; without credentials the user has tokens only. */
    record ChangePassword(String name, List<ScramCredential> credentials)
            implements SecurityChange {
        public ChangePassword {
            credentials = List.copyOf(credentials);
        }
    }

    /** Deletes a user, with its tokens and grants. */
    record DeleteUser(String name) implements SecurityChange {}

    /** Creates a user who may do everything. Fails if an administrator exists. */
    record Bootstrap(String name, List<ScramCredential> credentials) implements SecurityChange {
        public Bootstrap {
            credentials = List.copyOf(credentials);
        }
    }

    /** Creates a token. */
    record CreateToken(ApiToken token) implements SecurityChange {}

    /** Deletes a token. */
    record DeleteToken(String id) implements SecurityChange {}

    /** Adds a grant; does nothing if there is an equal one. */
    record AddGrant(Grant grant) implements SecurityChange {}

    /** Removes a grant. Fails if there is no equal one. */
    record RemoveGrant(Grant grant) implements SecurityChange {}

    /**
     * Holds a part of the state that the changes below an offset result in, for those who cannot
     * read them any more. Changes nothing for others.
     *
     * @param from this offset, exclusive
     * @param part 0 .. parts - 1
     */
    record SnapshotPart(
            long from,
            int part,
            int parts,
            List<User> users,
            List<ApiToken> tokens,
            List<Grant> grants)
            implements SecurityChange {
        public SnapshotPart {
            if (from < 0 || part < 0 || part >= parts) {
                throw new IllegalArgumentException(
                        "part " + part + " of " + parts + " of a snapshot from " + from);
            }
            users = List.copyOf(users);
            tokens = List.copyOf(tokens);
            grants = List.copyOf(grants);
        }
    }
}
