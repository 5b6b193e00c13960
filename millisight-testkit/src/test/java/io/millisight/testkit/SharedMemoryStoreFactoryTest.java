package io.millisight.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.store.InMemoryStore;
import io.millisight.store.Retention;
import io.millisight.store.Store;
import io.millisight.store.StoreException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SharedMemoryStoreFactoryTest {

    private final SharedMemoryStoreFactory factory = new SharedMemoryStoreFactory();

    @Test
    void whoeverAsksForOneNameGetsOneStoreAndClosesItForNobodyElse() {
        Store one = open("shared:one");
        Store two = open("shared:one");
        Store other = open("shared:other");
        one.addInstance(FleetConformance.sign("shop", "1", 1));
        one.close();

        assertThat(factory.accepts("shared:one")).isTrue();
        assertThat(factory.accepts("memory")).isFalse();
        assertThat(two.isShared()).isTrue();
        assertThat(two.instances()).hasSize(1);
        assertThat(other.instances()).isEmpty();
    }

    @Test
    void whatTheStoreThrowsComesThrough() {
        Store closed = new InMemoryStore(Retention.defaults());
        closed.close();
        assertThatThrownBy(SharedMemoryStoreFactory.shared(closed)::status).isInstanceOf(StoreException.class);
    }

    private Store open(String name) {
        return factory.open(name, Path.of("."), Retention.defaults());
    }
}
