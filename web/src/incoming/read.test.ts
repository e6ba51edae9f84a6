import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MOST_BYTES, MOST_FILES, type Arrival } from "./arrival.ts";
import { Holding } from "./holding.ts";
import { isForeign, readGiven } from "./read.ts";

const ADDRESS = "https://relay.example/share-target";

const posted = (form: FormData): Request => new Request(ADDRESS, { method: "POST", body: form });

function formOf(
  files: readonly (readonly [name: string, bytes: Uint8Array<ArrayBuffer>])[],
  texts: Readonly<Record<string, string>> = {},
): FormData {
  const form = new FormData();
  for (const [name, text] of Object.entries(texts)) form.append(name, text);
  for (const [name, bytes] of files) form.append("files", new File([bytes], name, { type: "image/jpeg" }));
  return form;
}

/** The same request, its body cut into pieces of a few bytes. */
async function inPieces(request: Request, size: number): Promise<Request> {
  const whole = new Uint8Array(await request.arrayBuffer());
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < whole.length; at += size) controller.enqueue(whole.slice(at, at + size));
      controller.close();
    },
  });
  return new Request(ADDRESS, { method: "POST", headers: request.headers, body, duplex: "half" } as RequestInit);
}

const isHere = (arrival: Arrival): Extract<Arrival, { state: "here" }> => {
  if (arrival.state !== "here") throw new Error(arrival.state);
  return arrival;
};

describe("what another app shares", () => {
  it("[incoming] is read with its names and bytes, however it comes in", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: MOST_FILES }),
        fc.integer({ min: 1, max: 400 }),
        async (all, size) => {
          const files = all.map((bytes, i) => [`Größe ${String(i)}.jpg`, new Uint8Array(bytes)] as const);
          const { given } = isHere(await readGiven(await inPieces(posted(formOf(files)), size)));
          expect(given.files.map((file) => [file.name, [...file.bytes], file.type])).toEqual(
            files.map(([name, bytes]) => [name, [...bytes], "image/jpeg"]),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it("[incoming] title, text and address become one text, without what is said twice", async () => {
    const said = async (texts: Readonly<Record<string, string>>): Promise<string> =>
      isHere(await readGiven(posted(formOf([], texts)))).given.text;
    expect(await said({ title: "Play", text: "Friday at six", url: "https://school.example/play" })).toBe(
      "Play\nFriday at six\nhttps://school.example/play",
    );
    expect(await said({ title: "", text: "See https://school.example/play", url: "https://school.example/play" })).toBe(
      "See https://school.example/play",
    );
    expect(await said({ title: "Play", text: "Play" })).toBe("Play");
  });

  it("[incoming] more files, or more bytes, than may be held are not", async () => {
    const one = new Uint8Array(1);
    const many = Array.from({ length: MOST_FILES + 1 }, (_, i) => [`${String(i)}.jpg`, one] as const);
    expect(await readGiven(posted(formOf(many)))).toEqual({ state: "too-much" });
    expect((await readGiven(posted(formOf(many.slice(1))))).state).toBe("here");
    let given = 0;
    const endless = new Request(ADDRESS, {
      method: "POST",
      headers: { "content-type": "multipart/form-data; boundary=b" },
      body: new ReadableStream<Uint8Array>({
        pull(controller) {
          const head = '--b\r\nContent-Disposition: form-data; name="files"; filename="f"\r\n\r\n';
          const piece = given === 0 ? new TextEncoder().encode(head) : new Uint8Array(1_000_000);
          given += piece.length;
          controller.enqueue(piece);
        },
      }),
      duplex: "half",
    } as RequestInit);
    expect(await readGiven(endless)).toEqual({ state: "too-much" });
    expect(given).toBeLessThan(MOST_BYTES + 5_000_000);
  });

  it("[incoming] what is not of the form that the system sends is refused", async () => {
    const refused = async (body: string, type = "multipart/form-data; boundary=b"): Promise<string> =>
      (await readGiven(new Request(ADDRESS, { method: "POST", headers: { "content-type": type }, body }))).state;
    expect(await refused("a=1", "application/x-www-form-urlencoded")).toBe("unreadable");
    expect(await refused("")).toBe("unreadable");
    expect(await refused("--b--\r\n")).toBe("unreadable");
    expect(await refused('--b\r\nContent-Disposition: form-data; name="files"; filename="f"\r\n\r\ncut off')).toBe("unreadable");
    expect(await refused('--b\r\nContent-Disposition: form-data; name="other"; filename="f"\r\n\r\nx\r\n--b--\r\n')).toBe("unreadable");
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 200 }), async (noise) => {
        expect(["unreadable", "too-much", "here"]).toContain(await refused(`--b\r\n${noise}`));
      }),
    );
  });

  it("[incoming] a page of another site is known where it says who it is", () => {
    const from = (referrer: string, destination: RequestDestination = "document"): boolean =>
      isForeign({ referrer, destination }, "https://relay.example");
    expect(from("")).toBe(false);
    expect(from("about:client")).toBe(false);
    expect(from("https://relay.example/messages")).toBe(false);
    expect(from("https://evil.example/")).toBe(true);
    expect(from("nonsense")).toBe(true);
    expect(from("", "iframe")).toBe(true);
  });
});

describe("what waits in the worker", () => {
  it("[incoming] is given out once, and the oldest gives way", () => {
    const holding = new Holding();
    const names = [1, 2, 3].map((n) => holding.hold({ state: "here", given: { text: String(n), files: [] } }));
    const taken = names.map((name) => holding.take(name));
    expect(taken.map((arrival) => (arrival.state === "here" ? arrival.given.text : arrival.state))).toEqual(["gone", "2", "3"]);
    expect(names.map((name) => holding.take(name).state)).toEqual(["gone", "gone", "gone"]);
  });
});
