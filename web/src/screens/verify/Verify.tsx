import { isProofFile, PROOF_SUFFIX } from "@countersign/shared/fault-proof/file";
import type { ProofReport } from "@countersign/shared/fault-proof/report";
import type { ActError, SnapshotReport } from "@countersign/shared/replica/api";
import { Button, FileButton, Stack, Text } from "@mantine/core";
import { IconFileCheck } from "@tabler/icons-react";
import { useCallback, useEffect, useState, type ReactNode } from "react";
import { useApi } from "../../engine/context.ts";
import { useQuery } from "../../engine/query.ts";
import { Job } from "../../ui/Job.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { t } from "../../words/words.ts";
import { RelayProof } from "./RelayProof.tsx";
import { Report } from "./Report.tsx";
import { taken, waitingSnapshot } from "./handover.ts";

type State =
  | { readonly step: "choose"; readonly error?: ActError }
  | { readonly step: "working"; readonly name: string; readonly job: string }
  | { readonly step: "done"; readonly name: string; readonly report: SnapshotReport }
  | { readonly step: "proof"; readonly name: string; readonly report: ProofReport };

/** The lawyer's door: a file, a verdict, what was checked, the record. No account. */
export default function Verify(): ReactNode {
  const api = useApi();
  const vault = useQuery("vault", ["vault"], (a) => a.vault()).data;
  const [state, setState] = useState<State>({ step: "choose" });
  const [over, setOver] = useState(false);

  const check = useCallback(
    (name: string, bytes: Uint8Array): void => {
      if (isProofFile(bytes)) {
        api.checkFaultProof(bytes).then(
          (got) => setState(got.ok ? { step: "proof", name, report: got.value } : { step: "choose", error: got.error }),
          () => setState({ step: "choose", error: { code: "internal" } }),
        );
        return;
      }
      const job = `verify ${String(Date.now())}`;
      setState({ step: "working", name, job });
      api.verifySnapshot(bytes, job).then(
        (got) => {
          setState(got.ok ? { step: "done", name, report: got.value } : { step: "choose", error: got.error });
        },
        () => {
          setState({ step: "choose", error: { code: "internal" } });
        },
      );
    },
    [api],
  );
  const open = (file: File | null | undefined): void => {
    if (file === null || file === undefined) return;
    file.arrayBuffer().then(
      (buffer) => {
        check(file.name, new Uint8Array(buffer));
      },
      () => {
        setState({ step: "choose", error: { code: "snapshot-unreadable" } });
      },
    );
  };
  // Looked at while drawing, taken after it: a drawing can be thrown away and done again, and the snapshot would be lost with it.
  const [handed] = useState(waitingSnapshot);
  useEffect(() => {
    if (handed === undefined) return undefined;
    const soon = setTimeout(() => {
      taken(handed);
      check(handed.name, handed.bytes);
    }, 0);
    return () => clearTimeout(soon);
  }, [handed, check]);

  const back = vault?.state === "open" ? "/exports" : vault?.state === "locked" ? "/" : "/start";
  return (
    <Screen title={t("verify.title")} back={back}>
      {state.step === "working" ? <Job job={state.job} title={t("verify.working", { name: state.name })} stop={t("verify.stop")} /> : null}
      {state.step === "done" ? <Report name={state.name} report={state.report} another={() => setState({ step: "choose" })} /> : null}
      {state.step === "proof" ? <RelayProof name={state.name} report={state.report} another={() => setState({ step: "choose" })} /> : null}
      {state.step === "choose" ? (
        <Stack gap="lg">
          <Text>{t("verify.intro")}</Text>
          <div
            className="cs-drop"
            data-over={over}
            onDragOver={(event) => {
              event.preventDefault();
              setOver(true);
            }}
            onDragLeave={() => setOver(false)}
            onDrop={(event) => {
              event.preventDefault();
              setOver(false);
              open(event.dataTransfer.files[0]);
            }}
          >
            <FileButton onChange={open} accept={`.zip,application/zip,${PROOF_SUFFIX}`}>
              {(props) => (
                <Button {...props} leftSection={<IconFileCheck size={18} aria-hidden />}>
                  {t("verify.choose")}
                </Button>
              )}
            </FileButton>
            <Text size="sm" c="dimmed" mt="xs">
              {t("verify.drop")}
            </Text>
          </div>
          <Problem error={state.error} />
          {state.error?.code === "snapshot-unreadable" ? <Text>{t("verify.unreadable.next")}</Text> : null}
        </Stack>
      ) : null}
    </Screen>
  );
}
