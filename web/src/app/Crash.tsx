import { Button, Text, Title } from "@mantine/core";
import { Component, type ReactNode } from "react";
import { t } from "../words/words.ts";

/** A screen that broke must not take the way out with it. */
export class Crash extends Component<{ readonly children: ReactNode }, { readonly broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override render(): ReactNode {
    if (!this.state.broken) return this.props.children;
    return (
      <main className="cs-plain">
        <div role="alert">
          <Title order={1} mb="sm">
            {t("state.crash")}
          </Title>
          <Text mb="md">{t("state.crash.next")}</Text>
        </div>
        <Button
          onClick={() => {
            location.reload();
          }}
        >
          {t("do.reload")}
        </Button>
      </main>
    );
  }
}
