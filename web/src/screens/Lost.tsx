import { Button, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { Screen } from "../ui/Screen.tsx";
import { t } from "../words/words.ts";

export function Lost(): ReactNode {
  return (
    <Screen title={t("lost.title")}>
      <Text mb="md">{t("lost.text")}</Text>
      <Button component={Link} to="/">
        {t("lost.home")}
      </Button>
    </Screen>
  );
}
