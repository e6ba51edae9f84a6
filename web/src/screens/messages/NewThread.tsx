import { Radio, Stack } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { useSession } from "../../engine/context.ts";
import { useFormFiles } from "../../incoming/placed.ts";
import { otherName } from "../../ui/Person.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { t } from "../../words/words.ts";
import { writableHome } from "../writable.ts";
import { Composer } from "./Composer.tsx";

/** A new thread, for both or for oneself. */
export function NewThread(): ReactNode {
  const session = useSession();
  const go = useNavigate();
  const [params] = useSearchParams();
  const home = writableHome(session);
  const [own, setOwn] = useState(home === undefined || params.get("in") === "own");
  const where = own || home === undefined ? session.own : home;
  const mine = where !== session.home;
  const files = useFormFiles();
  return (
    <Screen title={t("compose.title")} back={mine ? "/messages?in=own" : "/messages"}>
      <Stack>
        {home === undefined ? null : (
          <Radio.Group
            label={t("compose.to")}
            value={mine ? "own" : "home"}
            onChange={(value) => {
              setOwn(value === "own");
            }}
          >
            <Stack gap="xs" mt="xs">
              <Radio value="home" label={t("compose.to.both", { name: otherName(home) })} />
              <Radio value="own" label={t("compose.to.me")} />
            </Stack>
          </Radio.Group>
        )}
        <Composer
          key={where.log}
          where={where}
          own={mine}
          files={files}
          sent={(id) => void go(`${mine ? "/own" : ""}/messages/${id}`, { replace: true })}
        />
      </Stack>
    </Screen>
  );
}
