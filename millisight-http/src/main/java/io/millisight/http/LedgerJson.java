package io.millisight.http;

import io.millisight.Ledger;

/** The account of what became of every observation. */
final class LedgerJson {

    private LedgerJson() {}

    static void write(Json json, Ledger ledger) {
        json.object("ledger", () -> counts(json, ledger));
    }

    /** @param journal where observations are kept that are not stored yet, for people */
    static void write(Json json, Ledger ledger, String journal) {
        json.object("ledger", () -> {
            counts(json, ledger);
            json.text("journal", journal);
        });
    }

    private static void counts(Json json, Ledger ledger) {
        json.number("seen", ledger.seen());
        json.number("stored", ledger.stored());
        json.number("pending", ledger.pending());
        json.counts("dropped", ledger.dropped());
    }
}
