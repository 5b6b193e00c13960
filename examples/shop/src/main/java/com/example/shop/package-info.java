/** A shop with a catalogue, carts, orders and a few dependencies that are slow or fail: what a monitor has to live with. */
@NullMarked
package com.example.shop;

import org.jspecify.annotations.NullMarked;
