import { parseInviteLink } from "@countersign/shared/charter/invite-link";
import { typedInvite } from "@countersign/shared/charter/typed-invite";
import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Note } from "../../ui/Note.tsx";
import { t } from "../../words/words.ts";

/** Groups in one line, as many as a narrow phone has room for. */
const LINE = 4;

/** An invitation as letters to type (rule C2b): where the Home-Screen app is another device than this one, or nothing can be pasted. */
export function TypedInvite({ link }: { readonly link: string }): ReactNode {
  const read = parseInviteLink(link);
  if (!read.ok) return <Note tone="bad">{t("error.link-broken")}</Note>;
  const [address, ...groups] = typedInvite(read.value).split(" ");
  const lines = Array.from({ length: Math.ceil(groups.length / LINE) }, (_, i) => groups.slice(i * LINE, (i + 1) * LINE));
  return (
    <div>
      <Text size="sm" c="dimmed" mb={4}>
        {t("ios.type")}
      </Text>
      <Text className="cs-typed" component="p" m={0} style={{ overflowWrap: "anywhere" }}>
        {address}
      </Text>
      <ol className="cs-typed" aria-label={t("ios.type.groups")}>
        {lines.map((line, i) => (
          <li key={line.join(" ")}>
            <span aria-hidden>{i * LINE + 1}</span>
            {line.map((group, at) => (
              <span key={`${String(at)} ${group}`}>{group}</span>
            ))}
          </li>
        ))}
      </ol>
    </div>
  );
}
