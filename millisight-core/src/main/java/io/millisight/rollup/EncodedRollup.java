package io.millisight.rollup;

/** A stored rollup inside a pack: a view on its bytes, added to a {@link Rollup} without a detour over objects. */
public final class EncodedRollup {}
