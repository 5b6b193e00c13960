package com.example.shop;

record Product(long id, String name, String category, long priceCents) {}
