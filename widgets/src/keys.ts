// Keys pressed in a widget are the widget's: in JupyterLab "a" would add a cell, "x" cut one, Escape change the mode.

/** Whether the key belongs to the application around the notebook: save, and the command palette. */
function isGlobal(event: KeyboardEvent): boolean {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return false;
  const key = event.key.toLowerCase();
  return key === "s" || (event.shiftKey && key === "c");
}

/** Keep keys from the notebook. Nothing is prevented: Tab, Enter, scrolling and the browser's own shortcuts do their work. */
export function keepKeys(root: HTMLElement): void {
  root.addEventListener("keydown", (event) => {
    if (!isGlobal(event)) event.stopPropagation();
  });
}

/** Lab would take these for its own: its menus, its cells. */
const POINTER = ["mousedown", "pointerdown", "dblclick", "contextmenu", "dragover", "drop"];

/** Keep what the pointer does in a dialog from the notebook behind it. */
export function keepPointer(dialog: HTMLElement): void {
  for (const name of POINTER) dialog.addEventListener(name, (event) => event.stopPropagation());
}
