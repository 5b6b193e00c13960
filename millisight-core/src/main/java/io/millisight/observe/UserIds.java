package io.millisight.observe;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Applies a {@link UserIdPolicy}. */
public final class UserIds {

    /** Characters of a user id that are kept: the width of {@code api_metrics.user_id}. */
    public static final int MAX_LENGTH = 255;

    private static final int HASH_BYTES = 8;

    private final UserIdPolicy policy;

    /** Applies this policy. */
    public UserIds(UserIdPolicy policy) {
        this.policy = policy;
    }

    /** What is kept of a user id; null for none. */
    public @Nullable String kept(@Nullable String userId) {
        if (userId == null || userId.isEmpty()) {
            return null;
        }
        return switch (policy) {
            case STORE -> userId.length() <= MAX_LENGTH ? userId : cut(userId);
            case HASH -> hash(userId);
            case OFF -> null;
        };
    }

    private static String cut(String userId) {
        boolean splitsPair = Character.isHighSurrogate(userId.charAt(MAX_LENGTH - 1));
        return userId.substring(0, splitsPair ? MAX_LENGTH - 1 : MAX_LENGTH);
    }

    private static String hash(String userId) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(userId.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
