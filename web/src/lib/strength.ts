/** 0 very easy to guess … 4 very strong. */
export type Score = 0 | 1 | 2 | 3 | 4;

export interface Strength {
  readonly score: Score;
  /** The whole of it stands on a list of known passwords. */
  readonly known: boolean;
}

export const MIN_LENGTH = 12;

/** Characters as a person counts them. */
export const lengthOf = (text: string): number => [...text.normalize("NFC")].length;

async function load(): Promise<(text: string, own: readonly string[]) => Strength> {
  const [core, common, english] = await Promise.all([
    import("@zxcvbn-ts/core"),
    import("@zxcvbn-ts/language-common"),
    import("@zxcvbn-ts/language-en"),
  ]);
  const checker = new core.ZxcvbnFactory({
    dictionary: { ...common.dictionary, ...english.dictionary },
    graphs: common.adjacencyGraphs,
  });
  return (text, own) => {
    const found = checker.check(text.slice(0, 128), [...own]);
    const whole = found.sequence[0];
    const known = found.sequence.length === 1 && whole?.pattern === "dictionary" && whole["dictionaryName"] === "passwords";
    return { score: found.score, known };
  };
}

let checker: ReturnType<typeof load> | undefined;

/** Estimates on this device how hard a passphrase is to guess; the lists come with the app. */
export async function strengthOf(text: string, own: readonly string[]): Promise<Strength> {
  checker ??= load();
  return (await checker)(text, own);
}
