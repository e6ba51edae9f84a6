import { PROOF_SUFFIX } from "@countersign/shared/fault-proof/file";
import type { FaultView } from "@countersign/shared/replica/sync-view";
import { Button, Group, Progress, Stack, Text, Title } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { SyncLine } from "../../app/SyncLine.tsx";
import { useApi, useSession } from "../../engine/context.ts";
import { useQuery } from "../../engine/query.ts";
import { askToKeep } from "../../lib/persist.ts";
import { formatSize } from "../../lib/size.ts";
import { clockOf } from "../../lib/time.ts";
import { Load } from "../../ui/Load.tsx";
import { Note } from "../../ui/Note.tsx";
import { otherName } from "../../ui/Person.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { savedWords } from "../../ui/Proof.tsx";
import { SaveState } from "../../ui/SaveButton.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { useAct } from "../../ui/useAct.ts";
import { useSave } from "../../ui/useSave.ts";
import { t } from "../../words/words.ts";
import { GiveBack } from "./GiveBack.tsx";
import { MoveRelay } from "./MoveRelay.tsx";
import { Outside } from "./Outside.tsx";

/** Where the record is kept, who passes it on, and what contradicted the proofs. */
export default function Storage(): ReactNode {
  const api = useApi();
  const { home, own, vault } = useSession();
  const where = home ?? own;
  const faults = useQuery("faults", ["sync", "history"], (a) => a.faults());
  const { usedBytes: used, quotaBytes: quota } = vault;
  return (
    <Screen title={t("settings.storage")} back="/settings">
      <Stack gap="xl">
        <section aria-labelledby="device">
          <Title order={2} id="device" mb="sm">
            {t("storage.device")}
          </Title>
          <Text fw={600}>{savedWords(vault.storage)}</Text>
          <Text mb="sm">{t(`storage.${vault.storage}.text`)}</Text>
          {vault.storage === "persistent" || vault.sample === true ? null : <AskToKeep />}
          {used === undefined ? null : (
            <Text size="sm" c="dimmed" mb={4}>
              {quota === undefined
                ? t("storage.usedOnly", { used: formatSize(used) })
                : t("storage.used", { used: formatSize(used), quota: formatSize(quota) })}
            </Text>
          )}
          {used === undefined || quota === undefined || quota === 0 ? null : (
            <Progress value={Math.max(1, (100 * used) / quota)} aria-label={t("storage.device")} />
          )}
        </section>
        <section aria-labelledby="relay">
          <Title order={2} id="relay" mb="sm">
            {t("storage.relay")}
          </Title>
          <Text fw={600}>{where.relay}</Text>
          <Text mb="sm">{t("storage.relay.text")}</Text>
          <SyncLine />
          <Button variant="default" mt="sm" onClick={() => void api.syncNow().catch(() => undefined)}>
            {t("sync.now")}
          </Button>
          {vault.sample === true ? null : <MoveRelay />}
        </section>
        <Outside />
        <section aria-labelledby="faults">
          <Title order={2} id="faults" mb="sm">
            {t("storage.faults")}
          </Title>
          <Load of={faults} lines={1}>
            {(list) =>
              list.length === 0 ? (
                <Text c="dimmed">{t("storage.faults.none")}</Text>
              ) : (
                <Stack>
                  {list.map((fault) => (
                    <Fault key={fault.id} fault={fault} />
                  ))}
                  <Text>{t("sync.fault.next")}</Text>
                </Stack>
              )
            }
          </Load>
        </section>
      </Stack>
    </Screen>
  );
}

/** The browser was asked when the record was opened; it may agree later, once the app is installed or used more. */
function AskToKeep(): ReactNode {
  const [answer, setAnswer] = useState<boolean>();
  return (
    <Stack gap="xs" mb="sm" align="flex-start">
      <Button
        variant="default"
        onClick={() => {
          void askToKeep().then(setAnswer);
        }}
      >
        {t("storage.ask")}
      </Button>
      <Text size="sm" role="status">
        {answer === undefined ? "" : t(answer ? "storage.ask.yes" : "storage.ask.no")}
      </Text>
    </Stack>
  );
}

function Fault({ fault }: { readonly fault: FaultView }): ReactNode {
  const api = useApi();
  const act = useAct();
  const save = useSave();
  const { home, own } = useSession();
  const where = home ?? own;
  const { who } = fault;
  const device =
    who === "relay" ? undefined : where.people.flatMap((p) => p.devices.map((d) => ({ ...d, of: p.name }))).find((d) => d.device === who);
  return (
    <Note tone="bad">
      <Text fw={600}>{t(`fault.${fault.code}`)}</Text>
      <Text size="sm">
        {who === "relay" ? `${t("storage.relay")} ${where.relay}` : t("sync.fault.device", { name: device?.of ?? otherName(home) })} ·{" "}
        {clockOf(where.zone).moment(fault.at)}
      </Text>
      {fault.proof && who === "relay" ? <Text size="sm">{t(fault.portable ? "relayProof.portable" : "relayProof.kept")}</Text> : null}
      {fault.code === "relay-rollback" ? <GiveBack fault={fault} /> : null}
      {fault.proof ? (
        <Group mt="xs">
          <Button
            variant="default"
            loading={act.busy || save.part !== undefined}
            onClick={() => {
              act.run(
                () => api.faultProof(fault.id),
                (bytes) => {
                  save.save(`${fault.code}-${fault.id.slice(0, 8)}${PROOF_SUFFIX}`, bytes);
                },
              );
            }}
          >
            {t("sync.fault.save")}
          </Button>
          <SaveState of={save} />
        </Group>
      ) : null}
      <Problem error={act.error} />
    </Note>
  );
}
