package io.millisight.matrix;

/**
 * What came over the wire of one request, and when, by the clock that both sides share.
 *
 * @param number that it was sent with
 * @param status 0 when the client left before it came
 * @param timed how often the answer has {@code X-Response-Time}, interim answers included
 * @param sentNanos before its first byte was sent
 * @param firstByteNanos when the end of its head was read
 * @param endNanos when its last byte was read
 */
record Answer(String number, int status, int timed, long sentNanos, long firstByteNanos, long endNanos) {}
