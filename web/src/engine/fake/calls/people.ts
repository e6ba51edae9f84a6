import { ok } from "@countersign/shared/base/result";
import type { PeopleApi } from "@countersign/shared/replica/api";
import { done, guarded, no, open, tell, update } from "../answers.ts";
import { invited, NOW, own, SAFETY, waiting } from "../household.ts";
import type { World } from "../world.ts";

/** Who is in which log, and how they got there. */
export const peopleCalls = (world: World): PeopleApi => ({
  households: () => Promise.resolve(world.households),
  rename: (log, names) =>
    update(world, (h) => ({
      ...h,
      zone: names.zone ?? h.zone,
      label: h.log === log ? (names.label ?? h.label) : h.label,
      people: h.people.map((p) => ({ ...p, name: (p.me ? names.me : names.other) ?? p.name })),
    })),
  invite: () => {
    world.households = [own, invited];
    tell(world, "households");
    return invited.invite === undefined ? no("internal") : Promise.resolve(ok(invited.invite));
  },
  voidInvite: () => {
    world.households = [own];
    tell(world, "households");
    return done();
  },
  previewInvite: (link) =>
    !link.includes("join=")
      ? no("link-broken")
      : link.includes("used")
        ? no("link-used")
        : Promise.resolve(ok({ relay: own.relay, expires: NOW + 172_800_000 })),
  join: ({ viewReceipts = false }) => {
    world.receipts = viewReceipts;
    world.households = [own, waiting];
    void open(world);
    return Promise.resolve(ok(waiting.log));
  },
  confirmJoin: (log) =>
    update(world, (h) => (h.log === log ? { ...h, stage: "together", people: h.people.map((p) => ({ ...p, provisional: false })) } : h)),
  keyCards: (log) => {
    const people = world.households.find((h) => h.log === log)?.people ?? [];
    const text = (p: number) => `countersign-card:1:${"oWFsWCAq8mfC9JhT3vXbK1dQ".repeat(9)}${String(p)}`;
    return Promise.resolve(ok(people.map((p, i) => ({ member: p.member, text: text(i), devices: p.devices.length }))));
  },
  checkKeyCard: (_log, text) => Promise.resolve(ok(text.startsWith("countersign-card:") ? ("match" as const) : ("card-not-card" as const))),
  safetyWords: () => Promise.resolve(ok(SAFETY)),
  attest: (log, method) =>
    update(world, (h) =>
      h.log === log ? { ...h, people: h.people.map((p) => (p.me ? p : { ...p, compared: { method, at: NOW, by: h.me } })) } : h,
    ),
  revokeDevice: (_log, device, passphrase) =>
    guarded(world, passphrase, () => {
      world.households = world.households.map((h) => ({
        ...h,
        people: h.people.map((p) => ({ ...p, devices: p.devices.map((d) => (d.device === device ? { ...d, revoked: NOW } : d)) })),
      }));
    }),
  refuseRecovery: (passphrase) =>
    guarded(world, passphrase, () => {
      world.households = world.households.map(({ recoveries: _, ...h }) => h);
    }),
  leave: (log, passphrase) =>
    guarded(world, passphrase, () => {
      world.households = world.households.map((h) => (h.log === log ? { ...h, stage: "left" } : h));
    }),
});
