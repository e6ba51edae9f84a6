import type { ChangeItem, ChangeRow, WithheldWhy } from "../snapshot/change-rows.ts";

/** How a change is shown in a snapshot, or why it is not, and what its tag says that it is. */
export interface ItemForm {
  readonly form: "disclosed" | WithheldWhy | "blind";
  readonly kind?: string;
}

/** Of each entry the forms of its changes, and not what they hold: a few bytes a change. */
export class ItemForms {
  /** Each form once. */
  readonly #forms: ItemForm[] = [];
  readonly #numbers = new Map<string, number>();
  /** Numbers of forms, entry after entry as they came; where those of each entry begin, and how many they are. */
  readonly #codes: number[] = [];
  readonly #from: Uint32Array;
  readonly #count: Uint32Array;

  /** @param size entries of the log */
  constructor(size: number) {
    this.#from = new Uint32Array(size);
    this.#count = new Uint32Array(size);
  }

  add({ seq, items }: ChangeRow): void {
    this.#from[seq] = this.#codes.length;
    this.#count[seq] = items.length;
    for (const item of items) this.#codes.push(this.#numberOf(formOf(item)));
  }

  /** In the order of the entry; empty where it has no row. */
  of(seq: number): readonly ItemForm[] {
    const from = this.#from[seq] ?? 0;
    return this.#codes.slice(from, from + (this.#count[seq] ?? 0)).flatMap((code) => this.#forms[code] ?? []);
  }

  /** Whether any change has this form. */
  has(form: ItemForm["form"]): boolean {
    return this.#forms.some((f) => f.form === form);
  }

  #numberOf(form: ItemForm): number {
    const name = `${form.form} ${form.kind ?? ""}`;
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.#forms.length);
    return this.#forms.push(form) - 1;
  }
}

function formOf(item: ChangeItem): ItemForm {
  if (item.form === "blind") return { form: "blind" };
  return { form: item.form === "disclosed" ? "disclosed" : item.why, kind: item.tag.kind };
}
