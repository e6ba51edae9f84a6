import type { RecoverySheet } from "@countersign/shared/replica/vault-view";
import { Button, Group, Stack, Text } from "@mantine/core";
import { IconPrinter } from "@tabler/icons-react";
import { useEffect, useState, type ReactNode } from "react";
import { useApi } from "../../engine/context.ts";
import { clockOf, deviceZone } from "../../lib/time.ts";
import { Field } from "../../ui/Field.tsx";
import { Note } from "../../ui/Note.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { QrCode } from "../../ui/QrCode.tsx";
import { useAct } from "../../ui/useAct.ts";
import { Loading } from "../../ui/Waiting.tsx";
import { t } from "../../words/words.ts";

/** Two different places of the sheet, so that copying the first word does not pass. */
function twoPlaces(count: number): readonly [number, number] {
  const [a = 0, b = 0] = crypto.getRandomValues(new Uint32Array(2));
  const half = Math.floor(count / 2);
  return [a % half, half + (b % (count - half))];
}

interface Props {
  readonly passphrase: string;
  readonly then: () => void;
}

/** The sheet to print, then two of its words typed back. */
export function SheetFlow({ passphrase, then }: Props): ReactNode {
  const api = useApi();
  const { busy, error, run } = useAct();
  const [sheet, setSheet] = useState<RecoverySheet>();
  const [step, setStep] = useState<"print" | "confirm">("print");
  useEffect(() => {
    run(() => api.recoverySheet(passphrase), setSheet);
  }, [api, passphrase, run]);
  if (sheet === undefined) return error === undefined ? <Loading /> : <Problem error={error} />;
  if (step === "confirm") {
    return (
      <ConfirmWords
        count={sheet.words.length}
        back={() => {
          setStep("print");
        }}
        then={then}
      />
    );
  }
  return (
    <Stack gap="lg">
      <div className="cs-no-print">
        <Text mb="xs">{t("sheet.why")}</Text>
        <Note tone="wait">{t("sheet.keep")}</Note>
      </div>
      <SheetPaper sheet={sheet} />
      <Group className="cs-no-print">
        <Button
          variant="default"
          leftSection={<IconPrinter size={18} aria-hidden />}
          onClick={() => {
            print();
          }}
        >
          {t("do.print")}
        </Button>
        <Button
          loading={busy}
          onClick={() => {
            setStep("confirm");
          }}
        >
          {t("do.continue")}
        </Button>
        <Button variant="subtle" onClick={then}>
          {t("sheet.later")}
        </Button>
      </Group>
    </Stack>
  );
}

function SheetPaper({ sheet }: { readonly sheet: RecoverySheet }): ReactNode {
  return (
    <section className="cs-card" aria-label={t("sheet.title")}>
      <Text className="cs-print-only" fw={650} size="xl" mb="xs">
        {t("app.name")}: {t("sheet.title")}
      </Text>
      <dl className="cs-facts" style={{ marginBottom: 16 }}>
        <dt>{t("sheet.relay")}</dt>
        <dd>{sheet.relay}</dd>
      </dl>
      <Text fw={600} mb="xs">
        {t("sheet.words")}
      </Text>
      <ol className="cs-words">
        {sheet.words.map((word, i) => (
          <li key={`${String(i)} ${word}`}>{word}</li>
        ))}
      </ol>
      <Text fw={600} mt="lg" mb="xs">
        {t("sheet.qr")}
      </Text>
      <QrCode text={sheet.code} label={t("sheet.qr")} />
      <Text size="sm" c="dimmed" mt="sm">
        {t("sheet.made", { date: clockOf(deviceZone()).day(sheet.made) })}
      </Text>
      <Text className="cs-print-only" size="sm">
        {t("sheet.keep")}
      </Text>
    </section>
  );
}

function ConfirmWords({ count, back, then }: { count: number; back: () => void; then: () => void }): ReactNode {
  const api = useApi();
  const act = useAct();
  const [places] = useState(() => twoPlaces(count));
  const [first, setFirst] = useState("");
  const [second, setSecond] = useState("");
  return (
    <form
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        act.run(
          () =>
            api.confirmSheet([
              { at: places[0], word: first.trim().toLowerCase() },
              { at: places[1], word: second.trim().toLowerCase() },
            ]),
          then,
        );
      }}
    >
      <Stack gap="lg">
        <div>
          <Text fw={600}>{t("sheet.confirm")}</Text>
          <Text c="dimmed">{t("sheet.confirm.text")}</Text>
        </div>
        <Field label={t("sheet.word", { n: places[0] + 1 })} value={first} set={setFirst} />
        <Field label={t("sheet.word", { n: places[1] + 1 })} value={second} set={setSecond} />
        <Problem error={act.error} />
        <Group>
          <Button type="submit" loading={act.busy} disabled={first.trim() === "" || second.trim() === ""}>
            {t("sheet.check")}
          </Button>
          <Button variant="default" onClick={back}>
            {t("sheet.again")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
