import type { AgainView, HouseholdView } from "@countersign/shared/replica/people-view";
import { Button, List, Progress, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useApi } from "../../engine/context.ts";
import { clockOf } from "../../lib/time.ts";
import { Note } from "../../ui/Note.tsx";
import { nameOf } from "../../ui/Person.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { useAct } from "../../ui/useAct.ts";
import { t } from "../../words/words.ts";

/** Keys, levels and consents are made anew by themselves: nobody has to do them again. */
const HOUSEKEEPING: ReadonlySet<string> = new Set(["open-epoch", "level", "consent", "found"]);

/** What became of this device's copy after two histories were made one. */
export function Again({ of, again }: { readonly of: HouseholdView; readonly again: AgainView }): ReactNode {
  const api = useApi();
  const act = useAct();
  const done = again.of - again.waiting;
  // What a person may want to take again.
  const steps = again.lapsed.filter((l) => !HOUSEKEEPING.has(l.what));
  const clock = clockOf(of.zone);
  const going = t("again.going", { done, of: again.of });
  return (
    <Note tone={again.waiting > 0 ? "wait" : "good"} live>
      <Text fw={600}>{t("again.title")}</Text>
      {again.waiting > 0 ? (
        <>
          <Progress my="xs" value={(100 * done) / Math.max(again.of, 1)} aria-label={going} />
          <Text size="sm">{going}</Text>
          <Text size="sm" c="dimmed" mt="xs">
            {t("again.waits")}
          </Text>
        </>
      ) : (
        <Text size="sm">{t("again.done", { of: again.of })}</Text>
      )}
      {steps.length === 0 ? null : (
        <>
          <Text size="sm" mt="xs">
            {t("again.lapsed")}
          </Text>
          <List size="sm">
            {steps.map(({ what, at, member }) => (
              <List.Item key={`${what}/${String(at)}`}>
                {t("again.lapsed.line", {
                  what: t(`history.charter.${what}`, { name: member === undefined ? "" : nameOf(of, member) }),
                  time: clock.moment(at),
                })}
              </List.Item>
            ))}
          </List>
        </>
      )}
      {again.waiting > 0 ? null : (
        <Button mt="sm" variant="default" loading={act.busy} onClick={() => act.run(() => api.seenAgain(of.log))}>
          {t("again.seen")}
        </Button>
      )}
      <Problem error={act.error} />
    </Note>
  );
}
