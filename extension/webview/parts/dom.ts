/** Makes an element; children that are strings become text. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  children: readonly (Node | string)[] = [],
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

export const icon = (name: string) => {
  const made = element("span", { className: `codicon codicon-${name}` });
  made.setAttribute("aria-hidden", "true");
  return made;
};

/** Sets the text only when it is another: selections and the screen reader's place survive a refresh. */
export function setText(node: HTMLElement, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}
