/** Why a relay does not take a file: it is larger than any there, its member has no room left, or something that only who runs the relay can tell (rule W8). */
const FILE_REFUSALS = ["too-large", "no-room", "refused"] as const;
export type FileRefusal = (typeof FILE_REFUSALS)[number];

export const isFileRefusal = (code: string | undefined): code is FileRefusal => FILE_REFUSALS.some((refusal) => refusal === code);
