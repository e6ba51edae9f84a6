import type { ReplicaApi } from "@countersign/shared/replica/api";
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { t } from "../words/words.ts";
import { leaveNow, useQuickExit } from "./quickExit.ts";

/** Stands at the top right of every screen, once the person has switched it on. */
export function ExitButton({ api }: { readonly api: ReplicaApi | undefined }): ReactNode {
  if (!useQuickExit()) return null;
  return (
    <div
      className="cs-no-print"
      style={{ position: "sticky", top: 0, zIndex: 300, display: "flex", justifyContent: "flex-end", padding: 8, pointerEvents: "none" }}
    >
      <Button
        variant="filled"
        color="gray.8"
        style={{ pointerEvents: "auto" }}
        onClick={() => {
          leaveNow(api);
        }}
      >
        {t("exit.button")}
      </Button>
    </div>
  );
}
