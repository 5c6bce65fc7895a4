import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A shop: an exception with a cause and a suppressed one, two threads that wait for each other, or a crash of the VM. */
public class Shop {
    static class PaymentException extends RuntimeException {
        PaymentException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    record Gate(String name) implements AutoCloseable {
        @Override
        public void close() {
            throw new IllegalStateException("gate " + name + " did not close");
        }
    }

    private static final Map<String, Integer> RATES = Map.of("EUR", 1);

    static int rate(String code) {
        return RATES.get(code);
    }

    static void pay(List<String> codes) {
        try (Gate gate = new Gate("till")) {
            codes.forEach(code -> rate(code));
        } catch (NullPointerException error) {
            throw new PaymentException("no rate\nfor one of " + codes, error);
        }
    }

    static void wait(Object mine, Object other, CountDownLatch ready) {
        synchronized (mine) {
            ready.countDown();
            try {
                ready.await();
            } catch (InterruptedException error) {
                return;
            }
            synchronized (other) {
                System.out.println("both");
            }
        }
    }

    static void deadlock() throws Exception {
        Object till = new Object();
        Object stock = new Object();
        CountDownLatch ready = new CountDownLatch(2);
        new Thread(() -> wait(till, stock, ready), "till").start();
        new Thread(() -> wait(stock, till, ready), "stock").start();
    }

    static void crash() throws Exception {
        var field = sun.misc.Unsafe.class.getDeclaredField("theUnsafe");
        field.setAccessible(true);
        ((sun.misc.Unsafe) field.get(null)).putAddress(8, 1);
    }

    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "deadlock" -> deadlock();
            case "crash" -> crash();
            default -> pay(List.of("EUR", "XTS"));
        }
    }
}
