import { showUnseen } from "@countersign/shared/base/unseen";
import type { ReactNode } from "react";

/** What a person wrote: its line breaks stay, its direction is its own, and marks that would turn it or not be seen are shown by number. */
export const Written = ({ text }: { readonly text: string }): ReactNode => <div className="cs-text">{showUnseen(text)}</div>;
