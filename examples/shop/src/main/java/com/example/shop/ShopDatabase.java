package com.example.shop;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class ShopDatabase {

    /**
     * One SQLite file. Transactions begin as writers: one that begins by reading and then writes could not wait for
     * another writer, it would fail.
     */
    @Bean
    HikariDataSource dataSource(ShopSettings settings) throws IOException {
        Path folder = Files.createDirectories(settings.dataDir().toAbsolutePath());
        var pool = new HikariDataSource();
        pool.setPoolName("shop");
        pool.setMaximumPoolSize(4);
        pool.setJdbcUrl("jdbc:sqlite:" + folder.resolve("shop.db"));
        pool.addDataSourceProperty("journal_mode", "WAL");
        pool.addDataSourceProperty("synchronous", "NORMAL");
        pool.addDataSourceProperty("busy_timeout", "5000");
        pool.addDataSourceProperty("foreign_keys", "true");
        pool.addDataSourceProperty("transaction_mode", "IMMEDIATE");
        return pool;
    }
}
