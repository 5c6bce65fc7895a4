package com.example.orders;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Prints the stack of a chained exception, raised inside a lambda of a stream. */
public final class OrderService {
    private final Map<String, Integer> stock = new HashMap<>(Map.of("lamp", 3));

    private int take(String sku) {
        return stock.get(sku) - 1;
    }

    List<Integer> reserve(List<String> skus) {
        try {
            return skus.stream().map(sku -> take(sku)).collect(Collectors.toList());
        } catch (NullPointerException cause) {
            throw new IllegalStateException("cannot reserve order 48213", cause);
        }
    }

    public static void main(String[] arguments) {
        try {
            new OrderService().reserve(List.of("lamp", "desk"));
        } catch (IllegalStateException error) {
            error.printStackTrace(System.out);
        }
    }
}
