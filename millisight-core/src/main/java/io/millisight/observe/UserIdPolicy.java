package io.millisight.observe;

/** What becomes of a user id before it is stored. */
public enum UserIdPolicy {
    /** Kept as it is, cut at 255 characters. */
    STORE,
    /** Replaced by the first 16 hex digits of its SHA-256. */
    HASH,
    /** Never kept. */
    OFF
}
