// A cart in node: an error with a cause, one in a promise, or a heap that is too small.
class PaymentError extends Error {
  constructor(message, options) {
    super(message, options);
    this.name = "PaymentError";
    this.code = "E_NO_RATE";
  }
}

const rates = { EUR: { value: 1 } };

function rate(code) {
  return rates[code].value;
}

function pay(codes) {
  try {
    return codes.map((code) => rate(code));
  } catch (error) {
    throw new PaymentError("no exchange rate", { cause: error });
  }
}

async function checkout() {
  await null;
  return pay(["EUR", "XTS"]);
}

function hoard() {
  const all = [];
  for (;;) all.push(new Array(1000).fill({ price: 1 }));
}

if (process.argv[2] === "promise") checkout();
else if (process.argv[2] === "heap") hoard();
else pay(["EUR", "XTS"]);
