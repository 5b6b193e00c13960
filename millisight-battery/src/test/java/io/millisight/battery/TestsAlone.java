package io.millisight.battery;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.lang.reflect.Method;
import java.util.Arrays;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * Runs tests in a process of their own, named as {@code class} or {@code class#method}, and says as its last line how many
 * succeeded, failed and were not run.
 */
public final class TestsAlone {

    static final String RESULT = "tests alone:";

    private TestsAlone() {}

    public static void main(String[] tests) throws ClassNotFoundException {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request();
        for (String test : tests) {
            request.selectors(selector(test));
        }
        run(request.build(), listener);
        TestExecutionSummary summary = listener.getSummary();
        for (TestExecutionSummary.Failure failure : summary.getFailures()) {
            System.out.println(failure.getTestIdentifier().getDisplayName());
            failure.getException().printStackTrace(System.out);
        }
        System.out.println(RESULT + " " + summary.getTestsSucceededCount() + " succeeded, "
                + summary.getTestsFailedCount() + " failed, "
                + (summary.getTestsFoundCount() - summary.getTestsSucceededCount() - summary.getTestsFailedCount())
                + " not run");
        System.out.flush();
        Runtime.getRuntime().halt(summary.getTestsFailedCount() == 0 ? 0 : 1);
    }

    private static void run(LauncherDiscoveryRequest request, SummaryGeneratingListener listener) {
        LauncherFactory.create().execute(request, listener);
    }

    private static DiscoverySelector selector(String test) throws ClassNotFoundException {
        int hash = test.indexOf('#');
        if (hash < 0) {
            return selectClass(Class.forName(test));
        }
        Class<?> type = Class.forName(test.substring(0, hash));
        Method method = Arrays.stream(type.getDeclaredMethods())
                .filter(declared -> declared.getName().equals(test.substring(hash + 1)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(test + ": no such test"));
        return selectMethod(type, method);
    }
}
