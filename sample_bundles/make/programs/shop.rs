//! A shop in Rust: an index past the end, or an error that nobody handles.
use std::collections::HashMap;

struct Cart {
    prices: Vec<u32>,
}

impl Cart {
    fn price(&self, index: usize) -> u32 {
        self.prices[index]
    }

    fn total(&self, count: usize) -> u32 {
        (0..count).map(|index| self.price(index)).sum()
    }
}

fn rate(code: &str) -> Result<u32, String> {
    let rates = HashMap::from([("EUR", 1)]);
    rates.get(code).copied().ok_or_else(|| format!("no exchange rate for {code}"))
}

fn main() {
    let cart = Cart { prices: vec![3, 4] };
    if std::env::args().nth(1).as_deref() == Some("rate") {
        println!("{}", rate("XTS").unwrap());
    }
    println!("{}", cart.total(3));
}
