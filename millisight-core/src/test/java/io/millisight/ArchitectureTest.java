package io.millisight;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The one-way flow, as code: a package imports only what stands before it. */
@AnalyzeClasses(packages = "io.millisight", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    /** In reading order; {@code sketch} and {@code block} are leaves. */
    private static final List<String> FLOW = List.of(
            "sketch", "block", "observe", "journal", "rollup", "live", "health", "alert", "store", "report", "fleet");

    @ArchTest
    static final ArchRule sketchImportsNothingOfOurs = leaf("sketch");

    @ArchTest
    static final ArchRule blockImportsNothingOfOurs = leaf("block");

    @ArchTest
    static final ArchRule observeImportsOnlyUpstream = upstreamOnly("observe");

    @ArchTest
    static final ArchRule journalImportsOnlyUpstream = upstreamOnly("journal");

    @ArchTest
    static final ArchRule rollupImportsOnlyUpstream = upstreamOnly("rollup");

    @ArchTest
    static final ArchRule liveImportsOnlyUpstream = upstreamOnly("live");

    @ArchTest
    static final ArchRule healthImportsOnlyItsClock = noClasses()
            .that()
            .resideInAPackage("io.millisight.health..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.millisight..")
                    .and(not(resideInAnyPackage("io.millisight.health..", "io.millisight.observe"))));

    @ArchTest
    static final ArchRule alertImportsOnlyUpstream = upstreamOnly("alert");

    @ArchTest
    static final ArchRule storeIsASiblingOfLiveAndAlert = noClasses()
            .that()
            .resideInAPackage("io.millisight.store")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.millisight",
                    "io.millisight.live",
                    "io.millisight.alert",
                    "io.millisight.report",
                    "io.millisight.fleet");

    @ArchTest
    static final ArchRule reportImportsOnlyUpstream = noClasses()
            .that()
            .resideInAPackage("io.millisight.report")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.millisight",
                    "io.millisight.live",
                    "io.millisight.alert",
                    "io.millisight.journal",
                    "io.millisight.fleet");

    @ArchTest
    static final ArchRule fleetImportsOnlyUpstream = upstreamOnly("fleet");

    private static ArchRule leaf(String name) {
        String[] others = FLOW.stream()
                .filter(other -> !other.equals(name))
                .map(other -> "io.millisight." + other)
                .toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage("io.millisight." + name)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(withRoot(others));
    }

    private static ArchRule upstreamOnly(String name) {
        String[] downstream = FLOW.subList(FLOW.indexOf(name) + 1, FLOW.size()).stream()
                .map(other -> "io.millisight." + other)
                .toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage("io.millisight." + name)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(withRoot(downstream));
    }

    private static String[] withRoot(String[] packages) {
        return Stream.concat(Stream.of("io.millisight"), Arrays.stream(packages))
                .toArray(String[]::new);
    }
}
