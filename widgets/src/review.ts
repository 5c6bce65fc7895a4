// The module of the review: a bundle of its own, for each widget on a page carries a copy of what it loads.

import { reviewView } from "./review_view";

export default { render: reviewView };
