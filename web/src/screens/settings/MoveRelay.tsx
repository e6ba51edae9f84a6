import type { HouseholdView, MoveView, RelayView } from "@countersign/shared/replica/people-view";
import type { SyncView } from "@countersign/shared/replica/sync-view";
import { Button, Group, Progress, Radio, Stack, Text } from "@mantine/core";
import { useId, useState, type ReactNode } from "react";
import { useApi, useSession } from "../../engine/context.ts";
import { useQuery } from "../../engine/query.ts";
import { errorWords } from "../../lib/errors.ts";
import { clockOf } from "../../lib/time.ts";
import { AskPassphrase } from "../../ui/AskPassphrase.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field } from "../../ui/Field.tsx";
import { Job } from "../../ui/Job.tsx";
import { Note } from "../../ui/Note.tsx";
import { otherName } from "../../ui/Person.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { useAct, type Act } from "../../ui/useAct.ts";
import { Again } from "./Again.tsx";
import { t } from "../../words/words.ts";

/** Another relay: asking for it, agreeing to it, how far it is, and finding out where others have moved to. */
export function MoveRelay(): ReactNode {
  const { home, own } = useSession();
  const [open, setOpen] = useState<"move" | "follow">();
  const close = (): void => {
    setOpen(undefined);
  };
  const of = home?.move ? home : own.move ? own : undefined;
  const left = home?.again ? home : own.again ? own : undefined;
  const log = (home ?? own).log;
  const sync = useQuery(`sync ${log}`, ["sync"], (a) => a.sync(log)).data;
  const isForked = sync?.state === "stopped" && sync.fault.code === "relay-fork" && home !== undefined && home.people.length > 1;
  return (
    <Stack gap="sm" mt="md" align="stretch">
      {left?.again ? <Again of={left} again={left.again} /> : null}
      {of?.move ? <Moving of={of} move={of.move} /> : null}
      <Group>
        {of?.move ? null : (
          <Button variant="default" onClick={() => setOpen("move")}>
            {t(isForked ? "heal.open" : "move.open")}
          </Button>
        )}
        <Button variant="default" onClick={() => setOpen("follow")}>
          {t("move.follow.open")}
        </Button>
      </Group>
      {open === "move" ? <MoveDialog close={close} sync={sync} isForked={isForked} /> : null}
      {open === "follow" ? <FollowDialog close={close} /> : null}
    </Stack>
  );
}

function Moving({ of, move }: { readonly of: HouseholdView; readonly move: MoveView }): ReactNode {
  const relay = move.relay;
  switch (move.state) {
    case "moving": {
      const title = t("move.moving", { relay });
      return (
        <Note live>
          <Text fw={600}>{title}</Text>
          <Progress my="xs" value={(100 * move.done) / Math.max(move.of, 1)} aria-label={title} />
          <Text size="sm">{t("move.moving.text")}</Text>
        </Note>
      );
    }
    case "stuck":
      return (
        <Note tone="wait" live>
          <Text fw={600}>{t("move.stuck", { relay })}</Text>
          <Text size="sm">{t("move.stuck.text")}</Text>
          <Text size="sm">{errorWords(move.error)}</Text>
        </Note>
      );
    case "asked":
      return move.mine ? <Mine of={of} move={move} /> : <Asked of={of} move={move} />;
  }
}

type AskedView = Extract<MoveView, { state: "asked" }>;

/** What this person asked for: it waits for the other, and can be taken back as long as the old relay is there. */
function Mine({ of, move }: { readonly of: HouseholdView; readonly move: AskedView }): ReactNode {
  const api = useApi();
  const act = useAct();
  const name = otherName(of);
  return (
    <Note tone="wait">
      <Text fw={600}>{t(move.fork ? "heal.waiting" : "move.mine", { name, relay: move.relay })}</Text>
      <Text size="sm">
        {move.fork
          ? t("heal.waiting.text", { name })
          : move.gone
            ? t("move.mine.gone", { name, address: move.address ?? "" })
            : t("move.mine.text", { name, time: clockOf(of.zone).moment(move.expires ?? 0) })}
      </Text>
      {move.gone || !move.canAct ? null : (
        <Button mt="sm" variant="default" loading={act.busy} onClick={() => act.run(() => api.stopMove(of.log))}>
          {t("move.stop")}
        </Button>
      )}
      <Problem error={act.error} />
    </Note>
  );
}

/** What the other parent asks for. */
function Asked({ of, move }: { readonly of: HouseholdView; readonly move: AskedView }): ReactNode {
  const api = useApi();
  const job = useId();
  const [isOpen, setOpen] = useState(false);
  const name = otherName(of);
  const { fork } = move;
  const agree = t(fork ? "heal.agree" : "move.agree");
  return (
    <Note tone="wait">
      <Text fw={600}>{t(fork ? "heal.asked" : "move.asked", { name, relay: move.relay })}</Text>
      {move.address === undefined ? null : (
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {move.address}
        </Text>
      )}
      <Text size="sm" mt="xs">
        {t(fork ? "heal.asked.text" : "move.asked.text", { name })}
      </Text>
      {fork ? (
        <Text size="sm" mt="xs">
          {t("heal.asked.counts", { name, ...fork })}
        </Text>
      ) : null}
      {move.canAct ? (
        <Button mt="sm" onClick={() => setOpen(true)}>
          {agree}
        </Button>
      ) : (
        <Text size="sm" mt="xs">
          {t("error.senior-only")}
        </Text>
      )}
      {isOpen ? (
        <AskPassphrase
          title={t(fork ? "heal.agree.title" : "move.agree.title", { relay: move.relay })}
          action={agree}
          close={() => setOpen(false)}
          progress={<Job job={job} title={t("move.carrying")} />}
          call={(passphrase) => api.consentMove(of.log, passphrase, job)}
          then={() => setOpen(false)}
        >
          {fork ? (
            <Stack gap="xs">
              <Text>{t("heal.what.again")}</Text>
              <Text>{t("heal.what.lapsed")}</Text>
            </Stack>
          ) : null}
          <What />
        </AskPassphrase>
      ) : null}
    </Note>
  );
}

/** What follows for this person, whoever asked. */
function What(): ReactNode {
  return (
    <Stack gap="xs">
      <Text>{t("move.what.all")}</Text>
      <Text>{t("move.what.relay")}</Text>
      <Text>{t("move.what.sheet")}</Text>
    </Stack>
  );
}

interface MoveProps {
  readonly close: () => void;
  readonly sync: SyncView | undefined;
  /** The relay told the two parents two histories: what follows makes them one. */
  readonly isForked: boolean;
}

/** First the address, which is tried; then what follows, and the passphrase. */
function MoveDialog({ close, sync, isForked }: MoveProps): ReactNode {
  const api = useApi();
  const act = useAct();
  const job = useId();
  const { home } = useSession();
  const [relay, setRelay] = useState<RelayView>();
  const [gone, setGone] = useState<"no" | "yes">("no");
  const isThere = sync?.state === "up-to-date" || sync?.state === "catching-up";
  const isTogether = home !== undefined && home.people.length > 1;
  if (relay === undefined) {
    return (
      <Dialog title={t(isForked ? "heal.open" : "move.title")} close={close}>
        <AddressForm
          text={isForked && home ? t("heal.text", { name: otherName(home) }) : t("move.text")}
          action={t("move.check")}
          act={act}
          submit={(address) => act.run(() => api.checkRelay(address), setRelay)}
          close={close}
        />
      </Dialog>
    );
  }
  return (
    <AskPassphrase
      title={t(isForked ? "heal.open" : "move.title")}
      action={isTogether ? t("move.ask", { name: otherName(home) }) : t("move.do")}
      close={close}
      progress={<Job job={job} title={t("move.carrying")} />}
      call={(passphrase) => api.moveRelay({ address: relay.address, gone: isForked || gone === "yes", passphrase }, job)}
      then={close}
    >
      <Note tone="good" live>
        {t("move.answers", { relay: relay.name })}
      </Note>
      <What />
      {isTogether ? <Text>{t(isForked ? "heal.what" : "move.what.other", { name: otherName(home) })}</Text> : null}
      {isThere || isForked ? null : (
        <Radio.Group label={t("move.gone")} value={gone} onChange={(value) => setGone(value === "yes" ? "yes" : "no")}>
          <Stack gap="xs" mt="xs">
            <Radio value="no" label={t("move.gone.no")} />
            <Radio value="yes" label={t("move.gone.yes")} />
          </Stack>
        </Radio.Group>
      )}
    </AskPassphrase>
  );
}

/** Where others have moved to, from a person who says so: it is looked at, and believed only as far as it proves itself. */
function FollowDialog({ close }: { readonly close: () => void }): ReactNode {
  const api = useApi();
  const act = useAct();
  const [found, setFound] = useState<{ readonly moved: number; readonly asked: number }>();
  return (
    <Dialog title={t("move.follow.title")} close={close}>
      {found === undefined ? (
        <AddressForm
          text={t("move.follow.text")}
          action={t("move.follow.do")}
          act={act}
          submit={(address) => act.run(() => api.followRelay(address), setFound)}
          close={close}
        />
      ) : (
        <Stack>
          <Note tone={found.moved > 0 ? "good" : "wait"} live>
            {t(found.moved > 0 ? "move.follow.moved" : "move.follow.asked")}
          </Note>
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t("do.close")}
            </Button>
          </Group>
        </Stack>
      )}
    </Dialog>
  );
}

interface AddressProps {
  readonly text: string;
  readonly action: string;
  readonly act: Act;
  readonly submit: (address: string) => void;
  readonly close: () => void;
}

/** Asks for a relay's address. */
function AddressForm({ text, action, act, submit, close }: AddressProps): ReactNode {
  const [address, setAddress] = useState("");
  return (
    <form
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        submit(address);
      }}
    >
      <Stack>
        <Text>{text}</Text>
        <Field
          label={t("move.address")}
          description={t("move.address.text")}
          value={address}
          set={setAddress}
          inputMode="url"
          maxLength={300}
        />
        <Problem error={act.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t("do.cancel")}
          </Button>
          <Button type="submit" loading={act.busy} disabled={address.trim() === ""}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
