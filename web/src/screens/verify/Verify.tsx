import { isProofFile, MAX_PROOF_BYTES, PROOF_SUFFIX } from "@countersign/shared/fault-proof/file";
import type { ProofReport } from "@countersign/shared/fault-proof/report";
import type { CompareReport } from "@countersign/shared/compare/report";
import type { ActCode, ActError } from "@countersign/shared/replica/answer";
import type { ReplicaApi } from "@countersign/shared/replica/api";
import type { SnapshotReport } from "@countersign/shared/views/snapshot";
import type { FileInput } from "@countersign/shared/snapshot/input";
import { Stack, Text } from "@mantine/core";
import { IconFileCheck } from "@tabler/icons-react";
import { startTransition, useCallback, useEffect, useState, type ReactNode } from "react";
import { useApi } from "../../engine/context.ts";
import { useQuery } from "../../engine/query.ts";
import { FileDrop } from "../../files/FileDrop.tsx";
import { startOf } from "../../lib/openedFile.ts";
import { Job } from "../../ui/Job.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { t } from "../../words/words.ts";
import { Beside } from "./Beside.tsx";
import { RelayProof } from "./RelayProof.tsx";
import { Countersign } from "./Countersign.tsx";
import { Report } from "./Report.tsx";
import { Sealed } from "./Sealed.tsx";
import { taken, waitingSnapshot } from "./handover.ts";

/** What is wrong with a file whose sentence names no next step yet. */
const ASK_AGAIN: ReadonlySet<ActCode> = new Set<ActCode>([
  "snapshot-names",
  "snapshot-too-many-files",
  "snapshot-bomb",
  "snapshot-not-snapshot",
  "snapshot-part",
]);

/** Enough of a file to see that it is a proof of a relay's fault. */
const PROOF_START = 100;

/** A snapshot that was checked, and what opened it. */
interface Checked {
  readonly name: string;
  readonly report: SnapshotReport;
  readonly file: FileInput;
  readonly opener: string | undefined;
}

/** Sealed, and not opened by what was given. */
interface Refused {
  readonly error: ActError;
  readonly tried: string | undefined;
}

type State =
  | { readonly step: "choose"; readonly error?: ActError }
  | { readonly step: "working"; readonly name: string; readonly job: string }
  | (Refused & { readonly step: "sealed"; readonly name: string; readonly file: FileInput })
  | (Refused & { readonly step: "second-sealed"; readonly first: Checked; readonly second: File })
  | (Checked & { readonly step: "done" })
  | { readonly step: "proof"; readonly name: string; readonly report: ProofReport }
  | { readonly step: "beside"; readonly names: readonly [string, string]; readonly report: CompareReport };

const asksForOpener = ({ code }: ActError): boolean => code === "snapshot-sealed" || code === "seal-wrong";

/** Checks a file by what it begins with; the screen's next state. */
async function look(
  api: ReplicaApi,
  name: string,
  file: FileInput,
  opener: string | undefined,
  tell: (state: State) => void,
): Promise<State> {
  const start = await startOf(file, PROOF_START);
  if (!start) return { step: "choose", error: { code: "file-unreadable" } };
  if (isProofFile(start)) {
    if (file.size > MAX_PROOF_BYTES) return { step: "choose", error: { code: "proof-too-large" } };
    const whole = await startOf(file, MAX_PROOF_BYTES);
    if (!whole) return { step: "choose", error: { code: "file-unreadable" } };
    const proof = await api.checkFaultProof(whole);
    return proof.ok ? { step: "proof", name, report: proof.value } : { step: "choose", error: proof.error };
  }
  const job = `verify ${String(Date.now())}`;
  tell({ step: "working", name, job });
  const got = await api.verifySnapshot(file, job, opener);
  if (got.ok) return { step: "done", name, report: got.value, file, opener };
  return asksForOpener(got.error) ? { step: "sealed", name, file, error: got.error, tried: opener } : { step: "choose", error: got.error };
}

/** The lawyer's door: a file, a verdict, what was checked, the record. No account. */
export default function Verify(): ReactNode {
  const api = useApi();
  const vault = useQuery("vault", ["vault"], (a) => a.vault()).data;
  const [state, setState] = useState<State>({ step: "choose" });

  const check = useCallback(
    (name: string, file: FileInput, opener?: string): void => {
      look(api, name, file, opener, setState).then(
        // A report is long: it is drawn piece by piece, and a tap in between is answered first.
        (next) => startTransition(() => setState(next)),
        // A file that was moved or changed while it was read, or a bug.
        () => setState({ step: "choose", error: { code: "internal" } }),
      );
    },
    [api],
  );
  const beside = (first: Checked, second: File, opener?: string): void => {
    const job = `compare ${String(Date.now())}`;
    setState({ step: "working", name: second.name, job });
    api.compareSnapshots(first.file, second, job, [first.opener, opener]).then(
      (got) => {
        if (got.ok) setState({ step: "beside", names: [first.name, second.name], report: got.value });
        // The first was opened before, so it is the second that asks.
        else if (asksForOpener(got.error)) setState({ step: "second-sealed", first, second, error: got.error, tried: opener });
        else setState({ step: "choose", error: got.error });
      },
      () => setState({ step: "choose", error: { code: "internal" } }),
    );
  };
  // Looked at while drawing, taken after it: a drawing can be thrown away and done again, and the snapshot would be lost with it.
  const [handed] = useState(waitingSnapshot);
  useEffect(() => {
    if (handed === undefined) return undefined;
    const soon = setTimeout(() => {
      taken(handed);
      check(handed.name, handed.file);
    }, 0);
    return () => clearTimeout(soon);
  }, [handed, check]);

  const back = vault?.state === "open" ? "/exports" : vault?.state === "locked" ? "/" : "/start";
  return (
    <Screen title={t("verify.title")} back={back}>
      {state.step === "working" ? (
        <Job job={state.job} title={t("verify.working", { name: state.name })} stop={t("verify.stop")} stopsOnLeaving />
      ) : null}
      {state.step === "sealed" ? (
        <Sealed
          name={state.name}
          error={state.error}
          tried={state.tried}
          open={(opener) => check(state.name, state.file, opener)}
          back={() => setState({ step: "choose" })}
        />
      ) : null}
      {state.step === "second-sealed" ? (
        <Sealed
          name={state.second.name}
          error={state.error}
          tried={state.tried}
          open={(opener) => beside(state.first, state.second, opener)}
          back={() => setState({ ...state.first, step: "done" })}
        />
      ) : null}
      {state.step === "done" ? (
        <Report
          name={state.name}
          report={state.report}
          another={() => setState({ step: "choose" })}
          beside={(second) => beside(state, second)}
        >
          {vault?.state === "open" ? <Countersign report={state.report} file={state.file} opener={state.opener} /> : null}
        </Report>
      ) : null}
      {state.step === "beside" ? <Beside names={state.names} report={state.report} another={() => setState({ step: "choose" })} /> : null}
      {state.step === "proof" ? <RelayProof name={state.name} report={state.report} another={() => setState({ step: "choose" })} /> : null}
      {state.step === "choose" ? (
        <Stack gap="lg">
          <Text>{t("verify.intro")}</Text>
          <FileDrop
            main
            label={t("verify.choose")}
            icon={<IconFileCheck size={18} aria-hidden />}
            accept={`.zip,.age,application/zip,${PROOF_SUFFIX}`}
            open={(file) => check(file.name, file)}
          />
          <Problem error={state.error} />
          {state.error !== undefined && ASK_AGAIN.has(state.error.code) ? <Text>{t("verify.unreadable.next")}</Text> : null}
        </Stack>
      ) : null}
    </Screen>
  );
}
