import type { ReplicaApi } from "@countersign/shared/replica/api";
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { t } from "../words/words.ts";
import { leaveNow, QUICK_EXIT } from "./quickExit.ts";

/** Stands at the top right of every screen, once the person has switched it on. */
export function ExitButton({ api }: { readonly api: ReplicaApi | undefined }): ReactNode {
  if (!QUICK_EXIT.useOn()) return null;
  return (
    <div className="cs-exit cs-no-print">
      <Button
        variant="filled"
        color="gray.8"
        onClick={() => {
          leaveNow(api);
        }}
      >
        {t("exit.button")}
      </Button>
    </div>
  );
}
