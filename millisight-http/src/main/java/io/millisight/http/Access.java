package io.millisight.http;

/** Who may read without further ado: the setting {@code access}. */
public enum Access {
    /** This machine; everyone else needs the token, or the host application's word. */
    LOCAL,
    /** Nobody: the token, or the host application's word, is always needed. */
    TOKEN,
    /** Everyone. Writes still need the token, or this machine. */
    OPEN
}
