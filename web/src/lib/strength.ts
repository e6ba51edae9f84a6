/** 0 very easy to guess … 4 very strong. */
export type Score = 0 | 1 | 2 | 3 | 4;

export interface Strength {
  readonly score: Score;
  /** The whole of it stands on a list of known passwords. */
  readonly known: boolean;
}

export const MIN_LENGTH = 12;

/** Characters as a person counts them. */
export const lengthOf = (text: string): number => Array.from(text.normalize("NFC")).length;

async function load(): Promise<(text: string, own: readonly string[]) => Strength> {
  const [core, common, english] = await Promise.all([
    import("@zxcvbn-ts/core"),
    import("@zxcvbn-ts/language-common"),
    import("@zxcvbn-ts/language-en"),
  ]);
  const graphs = common.adjacencyGraphs;
  const estimate = new core.ZxcvbnFactory({ dictionary: { ...common.dictionary, ...english.dictionary }, graphs });
  // With all lists at once a known password may count as a word of another list, so it is looked up by itself as well.
  const breached = new core.ZxcvbnFactory({ dictionary: { "passwords-common": common.dictionary["passwords-common"] }, graphs });
  return (text, own) => {
    const short = text.slice(0, 128);
    const { sequence } = breached.check(short);
    return { score: estimate.check(short, [...own]).score, known: sequence.length === 1 && sequence[0]?.pattern === "dictionary" };
  };
}

let checker: ReturnType<typeof load> | undefined;

/** Estimates on this device how hard a passphrase is to guess; the lists come with the app. */
export async function strengthOf(text: string, own: readonly string[]): Promise<Strength> {
  checker ??= load();
  return (await checker)(text, own);
}
