package com.example.shop;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class ShopDatabase {

    @Bean
    HikariDataSource dataSource(ShopSettings settings) throws IOException {
        String url = settings.databaseUrl();
        return url == null ? sqlite(settings.dataDir()) : postgresql(url);
    }

    /**
     * One SQLite file. Transactions begin as writers: one that begins by reading and then writes could not wait for
     * another writer, it would fail.
     */
    private static HikariDataSource sqlite(Path dataDir) throws IOException {
        Path folder = Files.createDirectories(dataDir.toAbsolutePath());
        HikariDataSource pool = pool("jdbc:sqlite:" + folder.resolve("shop.db"));
        pool.addDataSourceProperty("journal_mode", "WAL");
        pool.addDataSourceProperty("synchronous", "NORMAL");
        pool.addDataSourceProperty("busy_timeout", "5000");
        pool.addDataSourceProperty("foreign_keys", "true");
        pool.addDataSourceProperty("transaction_mode", "IMMEDIATE");
        return pool;
    }

    /** A server may be away: then customers hear of it after two seconds, not after half a minute. */
    private static HikariDataSource postgresql(String url) {
        HikariDataSource pool = pool(url);
        pool.setUsername("postgres");
        pool.setConnectionTimeout(2_000);
        return pool;
    }

    private static HikariDataSource pool(String url) {
        var pool = new HikariDataSource();
        pool.setPoolName("shop");
        pool.setMaximumPoolSize(4);
        pool.setJdbcUrl(url);
        return pool;
    }
}
