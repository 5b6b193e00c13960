package io.millisight.spring.health;

import java.util.regex.Pattern;

/** Makes names of beans fit for checks. */
final class CheckName {

    private static final Pattern UNFIT = Pattern.compile("[^A-Za-z0-9._-]");
    private static final int MAX = 100;

    private CheckName() {}

    /** With a hyphen for every character that the name of a check may not hold, cut at its length. */
    static String fit(String name) {
        String fit = UNFIT.matcher(name).replaceAll("-");
        return fit.length() <= MAX ? fit : fit.substring(0, MAX);
    }
}
