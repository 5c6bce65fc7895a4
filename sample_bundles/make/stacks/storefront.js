// Stands for the shop's page: a click handler reads the price of a line whose offer has ended.
function formatPrice(offer) {
  return offer.price.toFixed(2);
}

class CartView {
  constructor(lines) {
    this.lines = lines;
  }

  total() {
    return this.lines.map((line) => formatPrice(line.offer)).join(" + ");
  }
}

function onClick() {
  try {
    return new CartView([{ offer: { price: 3 } }, { offer: undefined }]).total();
  } catch (error) {
    return report(error);
  }
}

onClick();
