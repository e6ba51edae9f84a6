import type { Balance } from "@countersign/shared/views/record";
import type { HouseholdView } from "@countersign/shared/replica/people-view";
import { Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useQuery } from "../../engine/query.ts";
import { formatMoney } from "../../lib/money.ts";
import { Load } from "../../ui/Load.tsx";
import { otherName } from "../../ui/Person.tsx";
import { t } from "../../words/words.ts";

/** Who owes whom, one line a currency. */
export function Balances({ home, short = false }: { readonly home: HouseholdView; readonly short?: boolean }): ReactNode {
  const loaded = useQuery(`balances ${home.log}`, ["expenses"], (api) => api.balances(home.log));
  const name = otherName(home);
  // Where the list stands below, it says that nothing could be loaded.
  if (!short && loaded.failed && loaded.data === undefined) return null;
  return (
    <Load of={loaded} lines={1}>
      {(list) =>
        list.length === 0 ? (
          // Where the list stands below, it says so itself.
          short && <Text c="dimmed">{t("balance.none")}</Text>
        ) : (
          <Stack gap="sm">
            {list.map((balance) => (
              <div key={balance.currency}>
                <Text size={short ? "lg" : "xl"} fw={600}>
                  {line(balance, name)}
                </Text>
                {short ? null : <Rest balance={balance} name={name} />}
              </div>
            ))}
            {short ? null : (
              <Text size="sm" c="dimmed">
                {t("balance.how")}
              </Text>
            )}
          </Stack>
        )
      }
    </Load>
  );
}

function line({ owedToMe, currency }: Balance, name: string): string {
  if (owedToMe === 0) return t("balance.even");
  const amount = formatMoney(Math.abs(owedToMe), currency);
  return t(owedToMe > 0 ? "balance.owedToMe" : "balance.owedByMe", { name, amount });
}

function Rest({ balance, name }: { readonly balance: Balance; readonly name: string }): ReactNode {
  const { waitingForMe, waitingForThem, currency } = balance;
  const parts = [
    ...(waitingForMe > 0 ? [t("balance.waitingMe", { amount: formatMoney(waitingForMe, currency) })] : []),
    ...(waitingForThem > 0 ? [t("balance.waitingThem", { amount: formatMoney(waitingForThem, currency), name })] : []),
  ];
  return parts.map((part) => <Text key={part}>{part}</Text>);
}
