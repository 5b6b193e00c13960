package io.millisight.servlet;

import jakarta.servlet.ServletContextAttributeEvent;
import jakarta.servlet.ServletContextAttributeListener;

/** Of the web application too: notes what becomes of the context attribute, where the test sees it. */
public class OwnListener implements ServletContextAttributeListener {

    static final String NOTED = "own.noted";

    @Override
    public void attributeAdded(ServletContextAttributeEvent event) {
        note(event, "added ");
    }

    @Override
    public void attributeRemoved(ServletContextAttributeEvent event) {
        note(event, "removed ");
    }

    private static void note(ServletContextAttributeEvent event, String what) {
        if (event.getName().equals("io.millisight.Millisight")) {
            System.setProperty(NOTED, System.getProperty(NOTED, "") + what);
        }
    }
}
