import { Stack, Text } from "@mantine/core";
import { IconDevices, IconEye, IconFileCheck, IconHomePlus, IconLink, type Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Navigate, useNavigate } from "react-router";
import { useApi } from "../../engine/context.ts";
import { useQuery } from "../../engine/query.ts";
import { Job } from "../../ui/Job.tsx";
import { LinkRow } from "../../ui/LinkRow.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { useAct } from "../../ui/useAct.ts";
import { TextLink } from "../../ui/TextLink.tsx";
import { t } from "../../words/words.ts";
import { InstallFirst } from "./InstallFirst.tsx";
import { inIosBrowser } from "./ios.ts";

const SAMPLE = { years: 1, seed: 1 };

/** The first screen: what this is, and the ways in. */
export function Start(): ReactNode {
  const api = useApi();
  const go = useNavigate();
  const act = useAct();
  const vault = useQuery("vault", ["vault"], (a) => a.vault()).data;
  if (vault !== undefined && vault.state !== "none" && !act.busy) return <Navigate to="/" replace />;
  const isPhone = inIosBrowser();
  const isRefused = vault?.storageRefused === true;
  // Nothing that is begun here would last.
  const blocked = isPhone || isRefused;
  return (
    <Screen title={t("start.title")}>
      <Stack gap="lg">
        <Text size="lg" maw="60ch">
          {t("start.text")}
        </Text>
        {isPhone ? <InstallFirst /> : null}
        {isRefused ? <Problem error={{ code: "storage-refused" }} /> : null}
        <nav className="cs-list" aria-label={t("app.name")}>
          {blocked ? null : (
            <>
              <LinkRow to="/start/new" title={t("start.new")} text={t("start.new.text")} icon={IconHomePlus} />
              <LinkRow to="/join" title={t("start.join")} text={t("start.join.text")} icon={IconLink} />
              <LinkRow to="/start/device" title={t("take.start")} text={t("take.start.text")} icon={IconDevices} />
            </>
          )}
          <LinkRow to="/verify" title={t("start.open")} text={t("start.open.text")} icon={IconFileCheck} />
          <ButtonRow
            title={t("start.sample")}
            text={t("start.sample.text")}
            icon={IconEye}
            press={() => {
              act.run(
                () => api.openSample(SAMPLE),
                () => void go("/"),
              );
            }}
          />
        </nav>
        {act.busy ? <Job job="sample" title={t("start.sample.opening")} /> : null}
        <Problem error={act.error?.code === "cancelled" ? undefined : act.error} />
        {blocked ? null : <TextLink to="/restore">{t("start.restore")}</TextLink>}
      </Stack>
    </Screen>
  );
}

function ButtonRow({ title, text, icon: Icon, press }: { title: string; text: string; icon: Icon; press: () => void }): ReactNode {
  return (
    <button type="button" className="cs-row" onClick={press}>
      <span style={{ display: "flex", alignItems: "center", gap: 16 }}>
        <Icon size={24} aria-hidden style={{ flex: "none", color: "var(--cs-accent)" }} />
        <span>
          <Text component="span" fw={600} display="block">
            {title}
          </Text>
          <Text component="span" size="sm" c="dimmed" display="block" role="status">
            {text}
          </Text>
        </span>
      </span>
    </button>
  );
}
