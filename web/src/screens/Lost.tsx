import { Button, Text } from "@mantine/core";
import { useContext, type ReactNode } from "react";
import { Link } from "react-router";
import { SessionContext } from "../engine/context.ts";
import { Screen } from "../ui/Screen.tsx";
import { t } from "../words/words.ts";

/** An address that leads to nothing; while looking back it may lead to what was not there yet. */
export function Lost(): ReactNode {
  const session = useContext(SessionContext);
  if (session?.at !== undefined) {
    return (
      <Screen title={t("moment.notYet")}>
        <Text mb="md">{t("moment.notYet.text")}</Text>
        <Button onClick={() => session.lookAt(undefined)}>{t("moment.back")}</Button>
      </Screen>
    );
  }
  return (
    <Screen title={t("lost.title")}>
      <Text mb="md">{t("lost.text")}</Text>
      <Button component={Link} to="/">
        {t("lost.home")}
      </Button>
    </Screen>
  );
}
