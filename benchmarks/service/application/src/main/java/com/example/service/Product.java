package com.example.service;

record Product(long id, String name, String category, long priceCents) {}
