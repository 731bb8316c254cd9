package io.lignum.access.state;

/**
 * Why a change had no effect.
 *
 * @param message a sentence for the one who demanded the change
 */
public record Rejection(Kind kind, String message) {

    /** The kinds of rejections. */
    public enum Kind {
        /** There is no such user, token or grant. */
        NOT_FOUND,
        /** There is a user or token of this name already. */
        EXISTS,
        /** The cluster would have no administrator. */
        LAST_ADMINISTRATOR,
        /** There are too many. */
        LIMIT
    }
}
