import type { ReactNode } from "react";

/** What stands out in a picture; the rest is drawn in the colour of the text. */
const MARK = { stroke: "var(--cs-accent)", strokeWidth: 3 } as const;

/** A part of a phone, drawn; the words beside it say the same. */
function Picture({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <svg
      viewBox="0 0 120 84"
      width={120}
      height={84}
      fill="none"
      stroke="currentColor"
      strokeWidth={1.5}
      strokeLinejoin="round"
      aria-hidden
    >
      {children}
    </svg>
  );
}

/** The sign of sharing: a box with an arrow out of its top. Its middle is at 0, 0. */
const ShareSign = (): ReactNode => <path d="M-3-3h-3V8H6V-3H3M0 3V-10M-4-6l4-4 4 4" strokeLinecap="round" />;

/** The lower end of Safari: the address, and below it the bar with Share in its middle. */
export const ShareBar = (): ReactNode => (
  <Picture>
    <path d="M8 0V70a10 10 0 0 0 10 10h84a10 10 0 0 0 10-10V0" />
    <rect x={18} y={14} width={84} height={16} rx={8} opacity={0.6} />
    <path d="M34 22h52" opacity={0.6} />
    <path d="M27 50l-5 6 5 6M41 50l5 6-5 6M78 50v12l4-3 4 3V50zM96 50h8v9h-8zM99 53h8v9h-8" opacity={0.6} />
    <g transform="translate(62 57)" style={{ color: "var(--cs-accent)" }}>
      <circle r={15} {...MARK} />
      <g stroke="var(--cs-accent)" strokeWidth={2}>
        <ShareSign />
      </g>
    </g>
  </Picture>
);

/** The sheet that opens: a list, and in it the line with a plus in a square. */
export const AddLine = (): ReactNode => (
  <Picture>
    <path d="M8 84V18A10 10 0 0 1 18 8h84a10 10 0 0 1 10 10v66" />
    <path d="M20 22h46M94 18h8v8h-8zM20 72h38M94 68h8v8h-8z" opacity={0.6} />
    <rect x={13} y={34} width={94} height={26} rx={6} {...MARK} />
    <g stroke="var(--cs-accent)" strokeWidth={2}>
      <path d="M22 47h54" />
      <rect x={88} y={40} width={14} height={14} rx={3} />
      <path d="M95 43.5v7M91.5 47h7" strokeLinecap="round" />
    </g>
  </Picture>
);

/** The Home Screen, with the app among the others. */
export const HomeScreen = (): ReactNode => (
  <Picture>
    <path d="M8 84V14A10 10 0 0 1 18 4h84a10 10 0 0 1 10 10v70" />
    {[20, 70, 95].map((x) => (
      <rect key={`first ${String(x)}`} x={x - 8} y={16} width={17} height={17} rx={4} opacity={0.6} />
    ))}
    {[20, 45, 70].map((x) => (
      <rect key={`second ${String(x)}`} x={x - 8} y={58} width={17} height={17} rx={4} opacity={0.6} />
    ))}
    <image href="/icon.svg" x={35} y={14} width={21} height={21} />
    <rect x={32} y={11} width={27} height={27} rx={7} {...MARK} />
    <path d="M38 43h15" opacity={0.6} />
  </Picture>
);
