import { IconFileCheck } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useNavigate } from "react-router";
import type { Given } from "../../incoming/arrival.ts";
import { place } from "../../incoming/incoming.ts";
import { ButtonRow } from "../../ui/LinkRow.tsx";
import { t } from "../../words/words.ts";
import { handOver } from "../verify/handover.ts";

/** One file that may be a snapshot, on its way to be checked. */
export function CheckIt({ given }: { readonly given: Given }): ReactNode {
  const go = useNavigate();
  const [file, ...others] = given.files;
  if (file === undefined || others.length > 0) return null;
  return (
    <ButtonRow
      icon={IconFileCheck}
      title={t("incoming.check")}
      text={t("incoming.check.text")}
      press={() => {
        handOver({ name: file.name, file: new File([file.bytes], file.name, { type: file.type }) });
        place();
        void go("/verify");
      }}
    />
  );
}
