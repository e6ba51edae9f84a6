import type { LinkView } from "@countersign/shared/replica/link-view";
import { useQuery } from "../../engine/query.ts";

/** How far the linking of a second device is, as the engine says it. Undefined while it is asked for the first time. */
export const useLink = (): LinkView | undefined => useQuery("link", ["link", "vault"], (api) => api.linkState()).data;
