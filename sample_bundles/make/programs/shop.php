<?php
// A shop in PHP: an exception with a previous one.
class PaymentError extends RuntimeException {}

class Cart
{
    public function __construct(private array $rates) {}

    private function rate(string $code): int
    {
        return $this->rates[$code] ?? throw new OutOfRangeException("no exchange rate for $code");
    }

    public function pay(array $codes): array
    {
        try {
            return array_map(fn ($code) => $this->rate($code), $codes);
        } catch (OutOfRangeException $error) {
            throw new PaymentError("the payment failed", 7, $error);
        }
    }
}

(new Cart(["EUR" => 1]))->pay(["EUR", "XTS"]);
