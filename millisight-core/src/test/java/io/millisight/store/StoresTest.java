package io.millisight.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoresTest {

    @Test
    void aSettingIsShownWithoutWhatMayHoldAPassword() {
        assertThat(Stores.shown("sqlite")).isEqualTo("sqlite");
        assertThat(Stores.shown("jdbc:postgresql://db:5432/metrics?user=ann&password=geheim"))
                .isEqualTo("jdbc:postgresql://db:5432/metrics");
        assertThat(Stores.shown("jdbc:other://ann:ge@heim@db/metrics")).isEqualTo("jdbc:other://db/metrics");
        assertThat(Stores.shown("a@b")).isEqualTo("a@b");
    }

    @Test
    void aStoreThatNobodyKnowsIsNamedWithoutItsPassword(@TempDir Path folder) {
        assertThatThrownBy(() -> Stores.open("jdbc:other://db/metrics?password=geheim", folder, Retention.defaults()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("store: jdbc:other://db/metrics;")
                .hasMessageNotContaining("geheim");
    }

    @Test
    void aDataSourceIsNeededAndAStoreForIt(@TempDir Path folder) {
        assertThatThrownBy(() -> Stores.open((DataSource) null, folder, Retention.defaults()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("storeDataSource");
        DataSource any = (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> null);
        assertThatThrownBy(() -> Stores.open(any, folder, Retention.defaults()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Add millisight-store");
    }
}
