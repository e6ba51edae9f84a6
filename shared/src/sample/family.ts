import type { ChangeHash, FileId, MemberId, Millis, RecordId } from "../base/ids.ts";
import type { RandomBytes } from "../crypto/random.ts";
import { deliveryDraft, messageDraft, viewDraft } from "./acts.ts";
import { attest, confirm, found, invite, join } from "./charter-steps.ts";
import { makeFile, type SampleFile } from "./files.ts";
import { makeDevice, makeRecovery, type DeviceSecrets, type RecoverySecrets } from "./keys.ts";
import { LogBuilder, type DraftWithFiles, type Known, type Logged } from "./log-builder.ts";
import { invoicePdf, receiptPng } from "./papers.ts";
import type { Dice } from "./seeded.ts";

export interface Parent {
  readonly name: string;
  member: MemberId;
  readonly recovery: RecoverySecrets;
  /** In use; the first is the senior one. */
  devices: DeviceSecrets[];
  /** All that there ever were, with the names that their owner gave them. */
  readonly allDevices: { readonly device: DeviceSecrets; readonly name: string }[];
  /** Channel sequence of the other parent's last message, and up to where this parent's receipts go. */
  incoming: number;
  receipted: number;
  /** Messages of the other parent that no receipt says were viewed. */
  unviewed: { readonly record: RecordId; readonly hash: ChangeHash }[];
  showsViews: boolean;
}

export interface SentMessage {
  readonly record: RecordId;
  readonly thread: RecordId;
  readonly hash: ChangeHash;
  readonly author: Parent;
}

export interface FamilyOptions {
  readonly random: RandomBytes;
  readonly dice: Dice;
  /** Relay time of the founding, ms. */
  readonly start: Millis;
  readonly relay: string;
  readonly names: readonly [string, string];
}

/** Two parents with their devices, and a log in which they write. Time is moved by whoever tells their story. */
export class Family {
  readonly builder: LogBuilder;
  readonly a: Parent;
  readonly b: Parent;
  readonly files = new Map<FileId, SampleFile>();
  readonly dice: Dice;
  now: Millis;
  readonly #random: RandomBytes;

  constructor(options: FamilyOptions) {
    this.dice = options.dice;
    this.now = options.start;
    this.#random = options.random;
    this.builder = new LogBuilder({ random: options.random, clock: { now: () => this.now }, relay: options.relay });
    this.a = this.#parent(options.names[0], "Phone");
    this.b = this.#parent(options.names[1], "Phone");
    this.a.member = found(this.builder, "household", this.first(this.a), this.a.recovery);
  }

  /** The second parent joins by an invitation and is confirmed. */
  bringTogether(): void {
    const open = invite(this.builder, this.first(this.a));
    this.now += 5 * 3_600_000;
    this.b.member = join(this.builder, open, this.first(this.b), this.b.recovery);
    this.now += 2 * 3_600_000;
    confirm(this.builder, this.first(this.a), this.b.member);
  }

  /** `by` notes that they compared the safety words with the other parent. */
  compare(by: Parent): void {
    attest(this.builder, this.first(by), this.other(by).member, "words");
  }

  /** A fresh device, not linked yet. */
  newDevice(parent: Parent, name: string): DeviceSecrets {
    const device = makeDevice(this.#random);
    parent.allDevices.push({ device, name });
    return device;
  }

  other(parent: Parent): Parent {
    return parent === this.a ? this.b : this.a;
  }

  first(parent: Parent): DeviceSecrets {
    const device = parent.devices[0];
    if (!device) throw new Error("a parent has a device");
    return device;
  }

  anyDevice(parent: Parent): DeviceSecrets {
    return this.dice.pick([this.first(parent), ...parent.devices.slice(1)]);
  }

  picture(name: string): SampleFile {
    return this.#keep(makeFile(name, "image/png", receiptPng(this.dice), this.#random));
  }

  paper(name: string, lines: readonly string[]): SampleFile {
    return this.#keep(makeFile(name, "application/pdf", invoicePdf(lines), this.#random));
  }

  /** What a parent's device adds to its own next write: delivery and view receipts for what came since. */
  receipts(parent: Parent, at: Millis): DraftWithFiles[] {
    const drafts: DraftWithFiles[] = [];
    if (parent.incoming > parent.receipted) {
      drafts.push(deliveryDraft(at, parent.incoming));
      parent.receipted = parent.incoming;
    }
    if (parent.showsViews) for (const m of parent.unviewed) drafts.push(viewDraft(at, m.record, m.hash));
    parent.unviewed = [];
    return drafts;
  }

  /** Sends a message, with the receipts that are due. Offline (`known`) no receipts go with it. */
  send(parent: Parent, message: Parameters<typeof messageDraft>[0], known?: Known): SentMessage {
    const draft = messageDraft(message);
    const device = this.anyDevice(parent);
    const drafts = known ? [draft] : [...this.receipts(parent, message.at), draft];
    const sent = this.write(device, drafts, known).at(-1);
    if (!sent) throw new Error("a message was written");
    this.other(parent).incoming = sent.channelSeq;
    this.other(parent).unviewed.push(sent);
    return { record: sent.record, thread: message.thread ?? sent.record, hash: sent.hash, author: parent };
  }

  write(device: DeviceSecrets, drafts: readonly DraftWithFiles[], known?: Known): Logged[] {
    return this.builder.write(device, drafts, known);
  }

  #parent(name: string, device: string): Parent {
    const parent: Parent = {
      name,
      member: "" as MemberId,
      recovery: makeRecovery(this.#random),
      devices: [],
      allDevices: [],
      incoming: -1,
      receipted: -1,
      unviewed: [],
      showsViews: false,
    };
    parent.devices.push(this.newDevice(parent, device));
    return parent;
  }

  #keep(file: SampleFile): SampleFile {
    this.files.set(file.record.id, file);
    return file;
  }
}
