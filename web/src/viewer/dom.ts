/** Elements made from data. Text only ever becomes a text node, so nothing that a person wrote can be markup. */
import { showUnseen } from "@countersign/shared/base/unseen";

type Child = Node | string | null | undefined;
type Attributes = Readonly<Record<string, string>>;

export function h<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes,
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  for (const child of children) if (child !== null && child !== undefined) element.append(child);
  return element;
}

/** What a person wrote: with a direction of its own, marks that would turn the page's direction shown by their number. */
export const written = (text: string): HTMLElement => h("bdi", { class: "w" }, showUnseen(text));

export function button(label: string, run: () => void): HTMLButtonElement {
  const made = h("button", { type: "button" }, label);
  made.addEventListener("click", run);
  return made;
}
