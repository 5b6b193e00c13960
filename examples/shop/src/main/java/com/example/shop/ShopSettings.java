package com.example.shop;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param dataDir folder of the shop's own database
 * @param databaseUrl JDBC URL of a PostgreSQL server to use in place of the SQLite file; user postgres
 * @param traffic whether the shop sends itself requests, so that there is something to see
 * @param salesReportTakes how long the sales report works
 * @param recommendationsTake how long the recommendation engine thinks
 */
@ConfigurationProperties("shop")
record ShopSettings(
        @DefaultValue("shop-data") Path dataDir,
        @Nullable String databaseUrl,
        @DefaultValue("false") boolean traffic,
        @DefaultValue("650ms") Duration salesReportTakes,
        @DefaultValue("200ms") Duration recommendationsTake) {}
