import type { Accesses } from "../accesses.ts";
import type { SnapshotApi } from "../api.ts";
import type { ReplicaCore } from "../core.ts";
import type { SnapshotJobs } from "../snapshots.ts";
import { afterPassphraseUnlessSample } from "./passphrase.ts";

/** Snapshots: made, checked, compared, countersigned. */
export function snapshotCalls(core: ReplicaCore, jobs: SnapshotJobs, accesses: Accesses): SnapshotApi {
  return {
    previewSnapshot: (log, scope, job) => jobs.preview(log, scope, job),
    // It can be stopped from its first moment, also while the passphrase is tried.
    exportSnapshot: (log, scope, passphrase, job, seal) =>
      jobs.run(job, (running, stopped) =>
        afterPassphraseUnlessSample(core, passphrase, async () => {
          const made = await jobs.export(log, scope, { running, stopped }, seal);
          // How it was sealed, never with what.
          const sealed = seal && { seal: "passphrase" in seal ? "passphrase" : "recipient" };
          if (made.ok) await accesses.took("snapshot", { log, file: made.value.file, scope: { ...scope, ...sealed } });
          return made;
        }),
      ),
    compareSnapshots: (a, b, job, openers) => jobs.compare(a, b, job, openers),
    verifySnapshot: (file, job, opener) => jobs.verify(file, job, opener),
    countersignSnapshot: (log, file, passphrase, job, opener) =>
      jobs.run(job, (running) => afterPassphraseUnlessSample(core, passphrase, () => jobs.countersign(log, file, running, opener))),
  };
}
