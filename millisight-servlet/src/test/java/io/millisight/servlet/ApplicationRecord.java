package io.millisight.servlet;

/** What {@link RecordMethodsTest} loads as a web application would; alone in its file, so that it needs no other class. */
record ApplicationRecord(String name, ApplicationRecord before) {}
