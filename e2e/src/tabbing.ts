/** A page gone through with the Tab key alone, as somebody does who has no mouse. */
import type { Page } from "@playwright/test";

/** What is noted in the page while Tab is pressed. */
interface Walk {
  /** How many presses it takes at most. */
  readonly most: number;
  ended: boolean;
  readonly findings: () => string[];
}

/** Begins to look on: what there is to be reached is listed, and each press is judged when its key is let go. */
function begin(): number {
  const CONTROLS =
    "a[href], button, input, select, textarea, summary, [role=button], [role=link], [role=tab], [tabindex]:not([tabindex='-1'])";
  // What the kit says for a moment goes by itself.
  const PASSING = ".mantine-Notifications-root";
  const dialog = [...document.querySelectorAll<HTMLElement>("[role=dialog]")].at(-1);
  const scope = dialog ?? document.body;

  const nameOf = (element: Element): string => {
    const text = element.getAttribute("aria-label") ?? (element instanceof HTMLInputElement ? element.labels?.[0]?.innerText : undefined);
    return `${element.tagName.toLowerCase()} “${(text ?? element.textContent).trim().slice(0, 50)}”`;
  };
  /** What is seen of a control: a box or a switch is drawn by what stands round it. */
  const drawn = (element: Element): Element => {
    const { width, height } = element.getBoundingClientRect();
    if (width > 1 && height > 1) return element;
    return (element instanceof HTMLInputElement ? element.labels?.[0] : undefined) ?? element.parentElement ?? element;
  };
  const isThere = (element: Element): boolean => {
    if (element.matches(":disabled") || element.closest("[inert]") !== null || element.closest(PASSING) !== null) return false;
    // Another way of what the field beside it does by keyboard.
    if (element.closest("[aria-hidden=true]") !== null) return false;
    const box = drawn(element).getBoundingClientRect();
    return element.checkVisibility({ visibilityProperty: true }) && box.width > 0 && box.height > 0;
  };
  const isRadio = (element: Element): element is HTMLInputElement => element instanceof HTMLInputElement && element.type === "radio";

  /** A list that draws only what is in sight: its end is nowhere near. */
  const windowed = [...scope.querySelectorAll("[role=list]")].find((list) => {
    const rows = list.querySelectorAll(":scope > [aria-setsize]");
    return Number(rows[0]?.getAttribute("aria-setsize") ?? 0) > rows.length;
  });
  const isBefore = (element: Element): boolean =>
    windowed === undefined ||
    (!windowed.contains(element) && Boolean(windowed.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING));

  const all = [...scope.querySelectorAll<HTMLElement>(CONTROLS)].filter(isThere);
  // Of radios that belong together one is reached by Tab and the others from it by the arrows: the browser does that for those of one name.
  const groups = new Map<string, HTMLInputElement[]>();
  for (const radio of all.filter(isRadio)) groups.set(radio.name, [...(groups.get(radio.name) ?? []), radio]);
  const chosen = [...groups.values()].map((radios) => radios.find((radio) => radio.checked) ?? radios[0]);
  const wanted = all.filter((element) => (!isRadio(element) || chosen.includes(element)) && isBefore(element));

  const found = new Set<string>();
  for (const [name, radios] of groups) if (name === "" || radios.length < 2) found.add(`${nameOf(radios[0] ?? scope)}: a choice of one`);
  for (const element of wanted) if (element.tabIndex < 0) found.add(`${nameOf(element)}: Tab passes it by`);

  const isRinged = (element: HTMLElement): boolean => {
    // What a field looks like is drawn by what stands round it as well.
    const round = element.matches("input, select, textarea")
      ? [drawn(element), element.nextElementSibling, element.closest(".mantine-Input-input")]
      : [];
    return [element, ...round].some((one) => {
      if (one === null) return false;
      const { outlineStyle, outlineWidth } = getComputedStyle(one);
      return outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2;
    });
  };
  /** The bar or the notice that stands over more than an edge of it, if one does. */
  const cover = (element: Element): Element | undefined => {
    const box = drawn(element).getBoundingClientRect();
    const [left, right] = [Math.max(0, box.left) + 3, Math.min(innerWidth, box.right) - 3];
    const [top, bottom] = [Math.max(0, box.top) + 3, Math.min(innerHeight, box.bottom) - 3];
    const points = [(left + right) / 2, left, right].flatMap((x) => [(top + bottom) / 2, top, bottom].map((y) => [x, y] as const));
    const over = points.flatMap(([x, y]) => {
      for (
        let one = document.elementFromPoint(x, y);
        one !== null && !one.contains(element) && !element.contains(one);
        one = one.parentElement
      ) {
        if (one.matches(PASSING)) break;
        if (/fixed|sticky/.test(getComputedStyle(one).position)) return [one];
      }
      return [];
    });
    return over.length > points.length / 3 ? over[0] : undefined;
  };

  const reached = new Set<Element>();
  let last: { readonly element: Element; readonly part: Element | null } | undefined;
  const judge = (element: HTMLElement): void => {
    const name = nameOf(element);
    const box = drawn(element).getBoundingClientRect();
    if (!isRinged(element)) found.add(`${name}: nothing shows that it has the focus`);
    if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth)
      found.add(`${name}: has the focus out of sight`);
    else {
      const over = cover(element);
      if (over !== undefined) found.add(`${name}: has the focus under ${over.className}`);
    }
    const part = element.closest("nav, main, header, aside, [role=dialog], .cs-moment");
    if (last?.part === part) {
      const before = drawn(last.element).getBoundingClientRect();
      if (box.bottom <= before.top && box.left < before.right && box.right > before.left)
        found.add(`${name}: comes after ${nameOf(last.element)}, which stands below it`);
    }
    last = { element, part };
  };

  const walk: Walk = {
    // A date has a stop for each of its parts.
    most:
      wanted.length +
      8 * all.filter((e) => e.matches("input[type=date], input[type=datetime-local]")).length +
      (windowed === undefined ? 3 : 30),
    ended: false,
    findings: () => {
      if (dialog === undefined && windowed === undefined && !walk.ended) found.add("the way with Tab does not come to an end");
      const missed = wanted.filter((element) => element.isConnected && isThere(element) && element.tabIndex >= 0 && !reached.has(element));
      return [...found, ...missed.map((element) => `${nameOf(element)}: is not reached`)];
    },
  };
  addEventListener("keyup", (event) => {
    if (event.key !== "Tab" || walk.ended) return;
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body) {
      walk.ended = true;
      if (dialog !== undefined) found.add("the focus leaves the dialog");
      return;
    }
    if (element === last?.element) {
      if (element.matches("input[type=date], input[type=datetime-local]")) return;
      // The only one comes round to itself.
      if (wanted.every((one) => reached.has(one))) walk.ended = true;
      else found.add(`${nameOf(element)}: holds the focus`);
      return;
    }
    if (reached.has(element)) {
      walk.ended = true;
      return;
    }
    if (dialog?.contains(element) === false) found.add(`${nameOf(element)}: has the focus behind the dialog`);
    reached.add(element);
    judge(element);
  });
  Object.assign(globalThis, { countersignWalk: walk });

  if (dialog === undefined) {
    // The browser goes on from what had the focus last: from here that is the top of the page.
    const top = document.createElement("span");
    top.tabIndex = -1;
    document.body.prepend(top);
    top.focus({ preventScroll: true });
    top.remove();
    scrollTo(0, 0);
  }
  return walk.most;
}

/** So many presses before it is asked whether the way has come to its end. */
const AT_ONCE = 10;

/**
 * Presses Tab until the way through the page, or through the dialog that stands over it, has come round. Gives what is wrong: a control that is not reached, a
 * focus that is not to be seen or stands under a bar, an order that goes back up, a trap.
 */
export async function tabThrough(page: Page): Promise<string[]> {
  const most = await page.evaluate(begin);
  for (let pressed = 0; pressed < most; pressed++) {
    await page.keyboard.press("Tab");
    if (
      pressed % AT_ONCE === AT_ONCE - 1 &&
      (await page.evaluate(() => (globalThis as unknown as { countersignWalk: Walk }).countersignWalk.ended))
    )
      break;
  }
  return page.evaluate(() => (globalThis as unknown as { countersignWalk: Walk }).countersignWalk.findings());
}

/** Closes the dialog that is open with Escape. Gives what is wrong: it stays, or nothing behind it has the focus then. */
export async function escape(page: Page): Promise<string[]> {
  const open = await page.getByRole("dialog").count();
  if (open === 0) return [];
  await page.keyboard.press("Escape");
  const closed = await page
    .getByRole("dialog")
    .nth(open - 1)
    .waitFor({ state: "detached", timeout: 15_000 })
    .then(
      () => true,
      () => false,
    );
  if (!closed) return ["Escape does not close the dialog"];
  const given = await page
    .waitForFunction(() => document.activeElement !== null && document.activeElement !== document.body, undefined, { timeout: 15_000 })
    .then(
      () => true,
      () => false,
    );
  return given ? [] : ["nothing has the focus after the dialog"];
}
