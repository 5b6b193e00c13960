package io.millisight.health;

/** Hears of every run of every check, one after the other, on the monitor's thread: to return quickly. */
public interface HealthListener {

    /**
     * A run has ended.
     *
     * @param before what was known until then
     * @param now what is known from now on: where its status differs, the check has turned
     */
    void checked(CheckState before, CheckState now);
}
