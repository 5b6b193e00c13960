package io.millisight.health.probe;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateExpiredException;
import java.sql.SQLException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Words for what went wrong: one line, short, printable, and free of passwords, whoever wrote the original. */
final class Reason {

    private static final int MAX_LENGTH = 250;

    /** Chains of causes can be circular. */
    private static final int MAX_CAUSES = 20;

    /** Drivers quote the URL they were given, and most URLs can carry a password somewhere. */
    private static final Pattern JDBC_URL = Pattern.compile("jdbc:\\S+");

    private static final Pattern USER_INFO = Pattern.compile("://[^/\\s@]*@");
    private static final Pattern NAMED_PASSWORD =
            Pattern.compile("(?i)\\b(password|passwd|pwd|secret|token)\\s*[=:]\\s*[^\\s&;,]+");

    private Reason() {}

    /** The SQLException nearest to the cause, with its SQLState: a pool's own says only that it has waited. */
    static String of(SQLException failure, @Nullable String... secrets) {
        SQLException nearest = nearestToCause(failure);
        String text = line(messageOf(nearest), secrets);
        return nearest.getSQLState() == null ? text : text + " (SQLState " + nearest.getSQLState() + ")";
    }

    static SQLException nearestToCause(SQLException failure) {
        SQLException nearest = failure;
        Throwable at = failure;
        for (int i = 0; at != null && i < MAX_CAUSES; i++) {
            if (at instanceof SQLException found) {
                nearest = found;
            }
            at = at.getCause();
        }
        return nearest;
    }

    /** Why a network exchange failed. */
    static String of(Exception failure, @Nullable String... secrets) {
        Throwable root = failure;
        for (int i = 0; root.getCause() != null && i < MAX_CAUSES; i++) {
            root = root.getCause();
        }
        if (root instanceof UnknownHostException) {
            return "its host name is not known";
        }
        if (root instanceof SocketTimeoutException) {
            return "no answer in time";
        }
        if (root instanceof CertificateExpiredException) {
            return "its certificate has expired";
        }
        if (root instanceof ConnectException || root instanceof NoRouteToHostException) {
            return line(messageOf(root), secrets) + ": nothing listens there, or the way is blocked";
        }
        return line(messageOf(root), secrets);
    }

    private static String messageOf(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    }

    /** The first line of a text, made fit to be shown. */
    static String line(String text, @Nullable String... secrets) {
        String line = text.strip().lines().findFirst().orElse("").strip();
        // Before anything is cut: half a password is one that no longer matches.
        for (String secret : secrets) {
            if (secret != null && !secret.isEmpty()) {
                line = line.replace(secret, "***");
            }
        }
        line = JDBC_URL.matcher(line).replaceAll("(JDBC URL)");
        line = USER_INFO.matcher(line).replaceAll("://");
        line = NAMED_PASSWORD.matcher(line).replaceAll("$1=***");
        line = line.replaceAll("[^\\p{Print}\\p{L}\\p{N}\\p{P}]", "?");
        return line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH) + "...";
    }
}
