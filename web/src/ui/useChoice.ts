import { useEffect, useState } from "react";
import { useLocation, useSearchParams } from "react-router";

/** Choices that are the person's own words. A browser writes addresses to the disk in plain text, so these never stand in one. */
const WORDS = ["text", "category", "child"] as const;

const isWord = (name: string): boolean => (WORDS as readonly string[]).includes(name);
const wordsIn = (params: URLSearchParams): Record<string, string> => Object.fromEntries([...params].filter(([name]) => isWord(name)));
const withoutWords = (params: URLSearchParams): URLSearchParams => new URLSearchParams([...params].filter(([name]) => !isWord(name)));

/** The words of each place of the way here, so that the way back finds them; gone with the page, or when the vault is locked. */
const kept = new Map<string, Readonly<Record<string, string>>>();
export const forgetChoices = (): void => {
  kept.clear();
};

interface Choice {
  /** All that was chosen. */
  readonly params: URLSearchParams;
  readonly put: (name: string, value: string) => void;
  /** Chooses this and nothing else. */
  readonly reset: (to: Readonly<Record<string, string>>) => void;
}

/** What somebody chose of a list. Which kind, state, person or day stands in the address, so that back and reload keep it; words stay in memory. */
export function useChoice(): Choice {
  const { key } = useLocation();
  const [address, setAddress] = useSearchParams();
  const [words, setWords] = useState<Readonly<Record<string, string>>>(() => ({ ...kept.get(key), ...wordsIn(address) }));
  // An address that somebody made by hand may have them.
  const isClean = WORDS.every((name) => !address.has(name));
  useEffect(() => {
    if (!isClean) setAddress(withoutWords, { replace: true });
  }, [isClean, setAddress]);
  useEffect(() => {
    kept.set(key, words);
  }, [key, words]);
  const put = (name: string, value: string): void => {
    if (isWord(name)) setWords((before) => Object.fromEntries(Object.entries({ ...before, [name]: value }).filter(([, v]) => v !== "")));
    else
      setAddress(
        (before) => {
          const next = new URLSearchParams(before);
          if (value === "") next.delete(name);
          else next.set(name, value);
          return next;
        },
        { replace: true },
      );
  };
  const reset = (to: Readonly<Record<string, string>>): void => {
    setWords({});
    setAddress(to, { replace: true });
  };
  return { params: new URLSearchParams([...withoutWords(address), ...Object.entries(words)]), put, reset };
}
