import type { Millis } from "@countersign/shared/base/ids";
import type { HouseholdView } from "@countersign/shared/replica/people-view";
import type { ReplicaApi } from "@countersign/shared/replica/api";
import type { VaultView } from "@countersign/shared/replica/vault-view";
import { createContext, useContext } from "react";

export const ApiContext = createContext<ReplicaApi | undefined>(undefined);

/** The replica. Only used below the provider. */
export function useApi(): ReplicaApi {
  const api = useContext(ApiContext);
  if (api === undefined) throw new Error("no replica above this component");
  return api;
}

/** What every screen behind the lock knows. */
export interface Session {
  readonly vault: VaultView;
  /** The personal log. */
  readonly own: HouseholdView;
  /** The household with the other parent, if there is one. */
  readonly home: HouseholdView | undefined;
  /** The moment of the relay's clock at which the record is looked at; undefined is now. */
  readonly at: Millis | undefined;
  readonly lookAt: (at: Millis | undefined) => void;
}

export const SessionContext = createContext<Session | undefined>(undefined);

/** Vault and households. Only used on screens behind the lock. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error("no open vault above this component");
  return session;
}
