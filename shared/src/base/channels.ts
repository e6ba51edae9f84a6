/** A domain of access with keys of its own (design: architecture, 'Words'). */
export const CHANNELS = ["household", "calendar", "arrangements", "messages", "expenses", "handovers", "children", "documents"] as const;
/** Channels that only a personal log has. */
export const PERSONAL_CHANNELS = ["journal", "settings"] as const;

export type Channel = (typeof CHANNELS)[number] | (typeof PERSONAL_CHANNELS)[number];
/** What an entry's header may name: a channel, or the charter itself. */
export type EntryChannel = Channel | "charter";

export const ALL_CHANNELS: readonly Channel[] = [...CHANNELS, ...PERSONAL_CHANNELS];
export const ENTRY_CHANNELS: readonly EntryChannel[] = [...ALL_CHANNELS, "charter"];

/** The channels of one sort of log. */
export const channelsOf = (kind: "personal" | "household"): readonly Channel[] => (kind === "personal" ? ALL_CHANNELS : CHANNELS);
