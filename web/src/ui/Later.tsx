import { startTransition, useEffect, useState, type ReactNode } from "react";

interface Props {
  /** Height that is kept free until then, in pixels, so that what follows hardly moves. */
  readonly height?: number;
  readonly children: ReactNode;
}

/**
 * A part of a screen that is put in after the rest: drawing a screen in one go would hold an old phone for several frames. It comes as a
 * transition, so taps and keys in between are answered first.
 */
export function Later({ height = 0, children }: Props): ReactNode {
  const [isHere, setHere] = useState(false);
  useEffect(() => {
    startTransition(() => {
      setHere(true);
    });
  }, []);
  return isHere ? children : <div data-later style={{ minHeight: height }} />;
}
