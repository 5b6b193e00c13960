package io.millisight.spring.health;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * The beans that may be checked: singletons that the application could have injected. One that cannot be read is logged
 * and passed over, so that monitoring never keeps an application from starting.
 */
public final class ApplicationBeans {

    private static final Logger LOG = LoggerFactory.getLogger("millisight");

    private final ConfigurableListableBeanFactory beans;

    ApplicationBeans(ConfigurableListableBeanFactory beans) {
        this.beans = beans;
    }

    /** Gives each bean of a type to {@code reader}, with its name; lazy ones are made for it. */
    public <T> void forEach(Class<T> type, BiConsumer<String, T> reader) {
        for (String name : BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, type, false, true)) {
            try {
                if (isCandidate(name)) {
                    reader.accept(name, beans.getBean(name, type));
                }
            } catch (RuntimeException | LinkageError e) {
                LOG.warn("bean {} cannot be read, its health is not checked: {}", name, e.toString());
            }
        }
    }

    /** The target behind a scoped proxy is a bean too, but not one that anybody gets. */
    private boolean isCandidate(String name) {
        return !beans.containsBeanDefinition(name)
                || beans.getMergedBeanDefinition(name).isAutowireCandidate();
    }

    /**
     * The beans of a type by the names of their checks, each once: {@code name} for the only or the primary one,
     * {@code name.bean} for the others.
     *
     * @param origin what tells whether two beans are one
     */
    <T> Map<String, T> named(String name, Class<T> type, UnaryOperator<T> origin) {
        Map<String, T> found = new LinkedHashMap<>();
        forEach(type, found::put);
        Map<String, T> named = new LinkedHashMap<>();
        Set<T> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        T injected = injected(type, found, origin);
        if (injected != null) {
            named.put(name, injected);
            seen.add(origin.apply(injected));
        }
        found.forEach((bean, value) -> {
            if (seen.add(origin.apply(value))) {
                named.put(name + "." + bean, value);
            }
        });
        return named;
    }

    private <T> @Nullable T injected(Class<T> type, Map<String, T> found, UnaryOperator<T> origin) {
        Set<T> origins = Collections.newSetFromMap(new IdentityHashMap<>());
        found.values().forEach(value -> origins.add(origin.apply(value)));
        if (origins.size() == 1) {
            return found.values().iterator().next();
        }
        try {
            return found.isEmpty() ? null : beans.getBeanProvider(type).getIfUnique();
        } catch (RuntimeException | LinkageError e) {
            return null; // It has been logged where it was to be read.
        }
    }
}
