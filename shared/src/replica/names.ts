import { z } from "zod";
import type { DeviceId, MemberId } from "../base/ids.ts";
import { structCodec, zText, type Codec } from "../cbor/struct.ts";
import type { ActError } from "./answer.ts";

/** The most of a name that somebody gives, in UTF-16 units. */
const MAX_NAME = 200;
const zName = zText(MAX_NAME);

/** A name that is longer than a name may be, as what it is refused with; the screens have a limit of their own, and the edge of the replica keeps it too. */
export function tooLongName(...names: readonly (string | undefined)[]): ActError | undefined {
  return names.every((name) => zName.optional().safeParse(name).success) ? undefined : { code: "text-too-long", limit: MAX_NAME };
}

const namesSchema = z.strictObject({
  label: zName,
  /** Names that this person chose, by member and by device. They never leave this person's devices. */
  people: z.array(z.tuple([zText(64), zName])).max(100),
  devices: z.array(z.tuple([zText(64), zName])).max(400),
  /** The link of the open invitation. */
  link: zText(2_048).nullable(),
});
type NamesRow = z.output<typeof namesSchema>;
const namesCodec: Codec<NamesRow> = structCodec<NamesRow>(namesSchema, 131_072);

/** The names of one log, as this person gave them. */
export interface Names {
  readonly label: string;
  readonly people: ReadonlyMap<string, string>;
  readonly devices: ReadonlyMap<string, string>;
  readonly link: string | null;
}
export const NO_NAMES: Names = { label: "", people: new Map(), devices: new Map(), link: null };

/** The row of one log's names. */
export const encodeNames = (names: Names): Uint8Array =>
  namesCodec.encode({ label: names.label, people: [...names.people], devices: [...names.devices], link: names.link });

/** A row that can't be read, or is not there, names nobody. */
export function decodeNames(row: Uint8Array | undefined): Names {
  const parsed = row && namesCodec.decode(row);
  if (!parsed?.ok) return NO_NAMES;
  const { label, people, devices, link } = parsed.value;
  return { label, people: new Map(people), devices: new Map(devices), link };
}

/** A person's name for a member: theirs, or what stands for it until they give one. */
export const nameOf = (names: Names, member: MemberId, me: MemberId | undefined): string =>
  names.people.get(member) ?? (member === me ? "Me" : "Other parent");

export const deviceNameOf = (names: Names, device: DeviceId): string => names.devices.get(device) ?? `Device ${device.slice(0, 4)}`;
