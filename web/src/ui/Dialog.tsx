import { Modal, type ModalProps } from "@mantine/core";
import { useEffect, useState, type ReactNode } from "react";
import { t } from "../words/words.ts";

interface Props extends Pick<ModalProps, "size" | "fullScreen"> {
  readonly title: string;
  readonly close: () => void;
  readonly children: ReactNode;
}

/** A dialog that is there as long as it is drawn. It holds the focus, and gives it back to what opened it. */
export function Dialog({ close, children, ...rest }: Props): ReactNode {
  const [opener] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      // After the dialog has let go of the focus.
      setTimeout(() => {
        if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
      });
    },
    [opener],
  );
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
