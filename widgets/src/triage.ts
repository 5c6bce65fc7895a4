// The module that every widget of triage loads; its trait `kind` says which view to draw.

import type { RenderProps } from "@anywidget/types";
import { caseView } from "./case_view";

const VIEWS: Record<string, (props: RenderProps) => () => void> = { case: caseView };

function render(props: RenderProps): (() => void) | undefined {
  const kind: unknown = props.model.get("kind");
  const view = typeof kind === "string" && Object.hasOwn(VIEWS, kind) ? VIEWS[kind] : undefined;
  if (view !== undefined) return view(props);
  props.el.textContent = "This version of the page does not know this widget: reload the page.";
  return undefined;
}

export default { render };
