package io.millisight.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

class RecordMethodsTest {

    /** Loads one class, as a web application does its own. */
    private static final class Application extends ClassLoader {

        Application() {
            super(RecordMethodsTest.class.getClassLoader());
        }

        Class<?> load(Class<?> type) throws IOException {
            String file = "/" + type.getName().replace('.', '/') + ".class";
            try (InputStream in = type.getResourceAsStream(file)) {
                byte[] bytes = in.readAllBytes();
                return defineClass(type.getName(), bytes, 0, bytes.length);
            }
        }
    }

    @Test
    @EnabledForJreRange(max = JRE.JAVA_17, disabledReason = "newer ones hold it softly")
    void letsGoOfTheClassLoaderOfARecordWhoseMethodsWereUsed() throws Exception {
        WeakReference<ClassLoader> application = new WeakReference<>(useRecord());

        RecordMethods.letGoOfOurs();

        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (application.get() != null && System.nanoTime() - deadline < 0) {
            System.gc();
        }
        assertThat(application.get()).isNull();
    }

    @Test
    void leavesRecordsThatAreInUseAsTheyWere() throws Exception {
        ApplicationRecord first = new ApplicationRecord("a", null);
        int hash = first.hashCode();
        RecordMethods.letGoOfOurs();

        assertThat(new ApplicationRecord("b", first))
                .isEqualTo(new ApplicationRecord("b", new ApplicationRecord("a", null)));
        assertThat(new ApplicationRecord("a", null)).hasSameHashCodeAs(first);
        assertThat(first.hashCode()).isEqualTo(hash);
        assertThat(new ApplicationRecord("b", first))
                .hasToString("ApplicationRecord[name=b, before=ApplicationRecord[name=a, before=null]]");
    }

    private static ClassLoader useRecord() throws Exception {
        Class<?> type = new Application().load(ApplicationRecord.class);
        var constructor = type.getDeclaredConstructors()[0];
        constructor.setAccessible(true);
        Object first = constructor.newInstance("a", null);
        Object second = constructor.newInstance("b", first);
        assertThat(second).isNotEqualTo(constructor.newInstance("b", second)).isNotEqualTo(first);
        assertThat(second.hashCode() + second.toString().length()).isNotZero();
        return type.getClassLoader();
    }
}
