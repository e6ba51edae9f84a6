/** A list of any length in the page's own scroll: only what is in sight exists. */
import { observeWindowOffset, observeWindowRect, Virtualizer, windowScroll, type VirtualizerOptions } from "@tanstack/virtual-core";
import { h } from "./dom.ts";

/** Pixels of a row before it is measured. */
const ESTIMATE = 240;
/** What is still in motion after so many is put right by the next scroll or measure. */
const PASSES = 4;

export class VirtualRows {
  readonly element: HTMLElement;
  readonly #make: (place: number) => HTMLElement;
  readonly #drawn = new Map<number, HTMLElement>();
  readonly #list: Virtualizer<Window, HTMLElement>;
  readonly #unmount: () => void;
  #places: Uint32Array = new Uint32Array();
  #isDrawing = false;
  #owed = false;

  constructor(label: string, make: (place: number) => HTMLElement) {
    this.element = h("div", { role: "feed", class: "rows", "aria-label": label });
    this.#make = make;
    this.#list = new Virtualizer<Window, HTMLElement>(this.#options());
    this.#unmount = this.#list._didMount();
    addEventListener("resize", this.#moved);
  }

  /** Shows these rows and no others. */
  show(places: Uint32Array): void {
    this.#places = places;
    this.element.hidden = places.length === 0;
    for (const drawn of this.#drawn.values()) drawn.remove();
    this.#drawn.clear();
    this.#list.setOptions(this.#options());
    this.#list._willUpdate();
    this.#list.measure();
    this.#draw();
  }

  close(): void {
    removeEventListener("resize", this.#moved);
    this.#unmount();
  }

  readonly #moved = (): void => {
    this.#list.setOptions(this.#options());
    this.#draw();
  };

  #options(): VirtualizerOptions<Window, HTMLElement> {
    return {
      count: this.#places.length,
      scrollMargin: this.element.isConnected ? this.element.getBoundingClientRect().top + scrollY : 0,
      getScrollElement: () => window,
      estimateSize: () => ESTIMATE,
      getItemKey: (i) => this.#places[i] ?? i,
      overscan: 4,
      initialOffset: () => scrollY,
      observeElementRect: observeWindowRect,
      observeElementOffset: observeWindowOffset,
      scrollToFn: windowScroll,
      onChange: () => this.#draw(),
    };
  }

  /** Measuring a row may move the others, which asks to be drawn again: once this time is through. */
  #draw(): void {
    this.#owed = true;
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    for (let tries = 0; tries < PASSES && this.#owed; tries++) {
      this.#owed = false;
      this.#drawOnce();
    }
    this.#isDrawing = false;
  }

  #drawOnce(): void {
    const items = this.#list.getVirtualItems();
    const wanted = new Set(items.map((i) => i.index));
    for (const [index, drawn] of this.#drawn) {
      // What has the focus stays, so that a reader by keyboard doesn't lose the place.
      if (wanted.has(index) || drawn.contains(document.activeElement)) continue;
      drawn.remove();
      this.#drawn.delete(index);
    }
    this.element.style.height = `${String(this.#list.getTotalSize())}px`;
    const { scrollMargin } = this.#list.options;
    let after: Element | null = null;
    for (const { index, start } of items) {
      let drawn = this.#drawn.get(index);
      if (!drawn) {
        drawn = this.#make(this.#places[index] ?? 0);
        drawn.dataset["index"] = String(index);
        drawn.setAttribute("aria-posinset", String(index + 1));
        drawn.setAttribute("aria-setsize", String(this.#places.length));
        this.#drawn.set(index, drawn);
        this.element.insertBefore(drawn, after === null ? this.element.firstChild : after.nextSibling);
        this.#list.measureElement(drawn);
      }
      drawn.style.transform = `translateY(${String(start - scrollMargin)}px)`;
      after = drawn;
    }
  }
}
