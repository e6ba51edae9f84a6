import type { StampsView } from "@countersign/shared/replica/sync-view";
import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { useEffect, useState, type ReactNode } from "react";
import { desktop } from "../../app/desktop.ts";
import { useSession } from "../../engine/context.ts";
import { useQuery } from "../../engine/query.ts";
import { clockOf, type Clock } from "../../lib/time.ts";
import { Field } from "../../ui/Field.tsx";
import { Load } from "../../ui/Load.tsx";
import { Note } from "../../ui/Note.tsx";
import { t } from "../../words/words.ts";

/** Who but the relay says when the record was there: other relays that sign along, and time-stamp authorities. */
export function Outside(): ReactNode {
  const { home, own } = useSession();
  const { log, zone } = home ?? own;
  const clock = clockOf(zone);
  const witnesses = useQuery(`witnesses ${log}`, ["sync"], (a) => a.witnesses(log));
  const stamps = useQuery(`stamps ${log}`, ["sync"], (a) => a.stamps(log));
  return (
    <>
      <section aria-labelledby="witnesses">
        <Title order={2} id="witnesses" mb="sm">
          {t("storage.witnesses")}
        </Title>
        <Text mb="sm">{t("storage.witnesses.text")}</Text>
        <Load of={witnesses} lines={1}>
          {(list) =>
            list.length === 0 ? (
              <Text c="dimmed">{t("storage.witnesses.none")}</Text>
            ) : (
              <Stack gap="sm">
                {list.map(({ name, key, since, seen }) => (
                  <Voucher
                    key={name}
                    name={name}
                    seen={
                      seen === undefined
                        ? t("storage.witness.never")
                        : t("storage.witness.seen", { count: seen.size, time: clock.moment(seen.time) })
                    }
                    known={t("storage.witness.key", { date: clock.day(since), key })}
                  />
                ))}
              </Stack>
            )
          }
        </Load>
      </section>
      <section aria-labelledby="stamps">
        <Title order={2} id="stamps" mb="sm">
          {t("storage.stamps")}
        </Title>
        <Text mb="sm">{t("storage.stamps.text")}</Text>
        <Load of={stamps} lines={1}>
          {(view) => <Stamps view={view} clock={clock} />}
        </Load>
        <OwnAuthority />
      </section>
    </>
  );
}

interface VoucherProps {
  readonly name: string;
  /** What it saw last. */
  readonly seen: string;
  /** What it is known by, and since when. */
  readonly known: string;
}

function Voucher({ name, seen, known }: VoucherProps): ReactNode {
  return (
    <div className="cs-card">
      <Text fw={600}>{name}</Text>
      <Text size="sm">{seen}</Text>
      <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        {known}
      </Text>
    </div>
  );
}

function Stamps({ view, clock }: { readonly view: StampsView; readonly clock: Clock }): ReactNode {
  return (
    <Stack gap="sm">
      {view.known.length === 0 ? <Text c="dimmed">{t("storage.stamps.none")}</Text> : null}
      {view.known.map(({ name, certificate, since, seen }) => (
        <Voucher
          key={certificate}
          name={name}
          seen={t("storage.stamp.seen", { count: seen.size, time: clock.moment(seen.time) })}
          known={t("storage.stamp.key", { date: clock.day(since), key: certificate })}
        />
      ))}
      {view.problem === undefined ? null : (
        <Note tone="plain">{`${clock.moment(view.problem.at)}: ${t(`stamp.${view.problem.code}`)}`}</Note>
      )}
    </Stack>
  );
}

/** The desktop app can ask an authority by itself; a page in a browser can't, and is told nothing of it here. */
function OwnAuthority(): ReactNode {
  const setting = desktop()?.authority;
  const [typed, setTyped] = useState("");
  const [said, setSaid] = useState<"kept" | "removed" | "wrong">();
  useEffect(() => {
    setting?.get().then(
      (address) => setTyped(address ?? ""),
      () => undefined,
    );
  }, [setting]);
  if (setting === undefined) return null;
  const put = (address: string | undefined): void => {
    setSaid(undefined);
    setting.set(address).then(
      (kept) => {
        setSaid(!kept ? "wrong" : address === undefined ? "removed" : "kept");
        if (kept && address === undefined) setTyped("");
      },
      () => setSaid("wrong"),
    );
  };
  return (
    <Stack gap="sm" mt="md" align="flex-start">
      <Field
        label={t("storage.stamp.own")}
        description={t("storage.stamp.own.text")}
        inputMode="url"
        value={typed}
        set={setTyped}
        error={said === "wrong" ? t("storage.stamp.own.wrong") : undefined}
      />
      <Group>
        <Button variant="default" onClick={() => put(typed)}>
          {t("storage.stamp.own.set")}
        </Button>
        <Button variant="subtle" onClick={() => put(undefined)}>
          {t("storage.stamp.own.remove")}
        </Button>
      </Group>
      <Text size="sm" role="status">
        {said === undefined || said === "wrong" ? "" : t(`storage.stamp.own.${said}`)}
      </Text>
    </Stack>
  );
}
