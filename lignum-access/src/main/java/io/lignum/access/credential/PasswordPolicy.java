package io.lignum.access.credential;

/**
 * Which passwords are accepted for users.
 *
 * @param minLength in characters
 */
public record PasswordPolicy(int minLength) {

    private static final int MAX_CHARS = 1_024;

    /**
     * Checks a password that a user is to get.
     *
     * @throws IllegalArgumentException it is not accepted; the message says why, without it
     */
    public void check(String user, String password) {
        if (password.codePointCount(0, password.length()) < minLength) {
            throw new IllegalArgumentException("the password is too short: it needs " + minLength
                    + " characters (security.password-min-length)");
        }
        if (password.length() > MAX_CHARS) {
            throw new IllegalArgumentException(
                    "the password has more than " + MAX_CHARS + " characters");
        }
        if (password.chars().anyMatch(c -> c == 0 || c == '\n' || c == '\r')) {
            throw new IllegalArgumentException(
                    "the password must not contain line ends or the character NUL");
        }
        if (password.equalsIgnoreCase(user)) {
            throw new IllegalArgumentException("the password must not be the user's name");
        }
    }
}
