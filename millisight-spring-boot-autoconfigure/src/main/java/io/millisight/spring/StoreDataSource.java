package io.millisight.spring;

import io.millisight.MillisightConfig;
import io.millisight.store.Stores;
import javax.sql.DataSource;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;

/** {@code millisight.store=datasource}: the history in the database that the application has a {@link DataSource} for. */
final class StoreDataSource {

    private static final String NAMED = Stores.DATA_SOURCE + ":";

    private StoreDataSource() {}

    /**
     * The configuration with the bean that its store asks for: the only or primary one, or with {@code datasource:name} that of
     * the name. Any other store is left as it is.
     *
     * @throws IllegalArgumentException when there is none, or more than one
     */
    static MillisightConfig applied(MillisightConfig config, ListableBeanFactory beans) {
        String store = config.store();
        if (config.storeDataSource() != null || !(store.equals(Stores.DATA_SOURCE) || store.startsWith(NAMED))) {
            return config;
        }
        return config.toBuilder()
                .store(Stores.DATA_SOURCE)
                .storeDataSource(store.startsWith(NAMED) ? named(store.substring(NAMED.length()), beans) : only(beans))
                .build();
    }

    private static DataSource named(String name, ListableBeanFactory beans) {
        if (!beans.containsBean(name) || !beans.isTypeMatch(name, DataSource.class)) {
            throw refused(NAMED + name, "no DataSource bean of this name", beans);
        }
        return beans.getBean(name, DataSource.class);
    }

    private static DataSource only(ListableBeanFactory beans) {
        ObjectProvider<DataSource> provider = beans.getBeanProvider(DataSource.class);
        DataSource dataSource = provider.getIfUnique();
        if (dataSource == null) {
            throw refused(
                    Stores.DATA_SOURCE,
                    "needs one DataSource bean, or a primary one; name one of several as " + NAMED + "<bean>",
                    beans);
        }
        return dataSource;
    }

    private static IllegalArgumentException refused(String store, String why, ListableBeanFactory beans) {
        String[] names = BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, DataSource.class, true, false);
        return new IllegalArgumentException("millisight.store: " + store + "; " + why + " (there "
                + (names.length == 0 ? "is none" : "are: " + String.join(", ", names)) + ")");
    }
}
