import { Modal, type ModalProps } from "@mantine/core";
import { useEffect, useState, type ReactNode } from "react";
import { t } from "../words/words.ts";

interface Props extends Pick<ModalProps, "size" | "fullScreen"> {
  readonly title: string;
  readonly close: () => void;
  readonly children: ReactNode;
}

/** A dialog, what had the focus when it came, and the dialog in whose place it came. */
interface Opened {
  readonly opener: Element | null;
  readonly before: Opened | undefined;
}

/** The one that is there. */
let open: Opened | undefined;

/** Gives the focus to what opened the dialog, or the first one of a row of them; else to the heading, so that nobody is left nowhere. */
function giveBack(closed: Opened): void {
  for (let one: Opened | undefined = closed; one !== undefined; one = one.before) {
    const { opener } = one;
    if (opener instanceof HTMLElement && opener.isConnected && opener !== document.body) {
      opener.focus();
      return;
    }
  }
  document.querySelector<HTMLElement>("h1")?.focus();
}

/** A dialog that is there as long as it is drawn. It holds the focus, and gives it back to what opened it. */
export function Dialog({ close, children, ...rest }: Props): ReactNode {
  const [mine] = useState((): Opened => ({ opener: document.activeElement, before: open }));
  useEffect(() => {
    open = mine;
    return () => {
      if (open === mine) open = undefined;
      // After the dialog has let go of the focus, unless another one stands in its place.
      setTimeout(() => {
        if (open === undefined) giveBack(mine);
      });
    };
  }, [mine]);
  return (
    <Modal
      opened
      onClose={close}
      returnFocus={false}
      closeButtonProps={{ "aria-label": t("do.close"), size: 44 }}
      // The kit's header would otherwise be a second banner of the page for a screen reader.
      attributes={{ header: { role: "presentation" } }}
      {...rest}
    >
      {children}
    </Modal>
  );
}
