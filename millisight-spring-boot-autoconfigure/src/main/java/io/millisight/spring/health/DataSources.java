package io.millisight.spring.health;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.util.ClassUtils;

/**
 * The databases behind the application's data sources, each once: a wrapper of Spring's and what it wraps are one, and of
 * a routing data source it is the targets that are asked, as on our threads nobody has said which route to take.
 */
final class DataSources {

    /** The check of the only or the primary one; before a dot, of any other. */
    static final String NAME = "database";

    private static final boolean SPRING_JDBC = ClassUtils.isPresent(
            "org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource", DataSources.class.getClassLoader());

    private DataSources() {}

    /** By the names of their checks. */
    static Map<String, DataSource> of(ApplicationBeans beans) {
        Map<String, DataSource> named = beans.named(NAME, DataSource.class, DataSources::origin);
        return SPRING_JDBC ? SpringJdbc.routed(named) : named;
    }

    private static DataSource origin(DataSource dataSource) {
        return SPRING_JDBC ? SpringJdbc.origin(dataSource) : dataSource;
    }

    /** A class of its own, as those of Spring's JDBC may be missing. */
    private static final class SpringJdbc {

        static DataSource origin(DataSource dataSource) {
            DataSource origin = dataSource;
            while (origin instanceof DelegatingDataSource wrapper && wrapper.getTargetDataSource() != null) {
                origin = wrapper.getTargetDataSource();
            }
            return origin;
        }

        /** The default target has the routing bean's name; the others have names of their own where they are beans. */
        static Map<String, DataSource> routed(Map<String, DataSource> named) {
            Set<DataSource> seen = Collections.newSetFromMap(new IdentityHashMap<>());
            Map<String, DataSource> asked = new LinkedHashMap<>();
            named.forEach((name, dataSource) -> {
                AbstractRoutingDataSource routing = routing(dataSource);
                DataSource target = routing == null ? dataSource : routing.getResolvedDefaultDataSource();
                if (target != null && seen.add(origin(target))) {
                    asked.put(name, target);
                }
            });
            named.forEach((name, dataSource) -> {
                AbstractRoutingDataSource routing = routing(dataSource);
                if (routing != null) {
                    routing.getResolvedDataSources().forEach((key, target) -> {
                        if (seen.add(origin(target))) {
                            asked.put(name + "." + key, target);
                        }
                    });
                }
            });
            return asked;
        }

        private static @Nullable AbstractRoutingDataSource routing(DataSource dataSource) {
            return origin(dataSource) instanceof AbstractRoutingDataSource routing ? routing : null;
        }
    }
}
