import type { ChangeHash, DeviceId, FileId, Hex32, LogId, MemberId, RecordId } from "../src/base/ids.ts";
import type { FileRecord } from "../src/kinds/files.ts";
import type { ExpenseView, MessageView, ProofView, ThreadView } from "../src/views/record.ts";
import type { Derived, NamedFile } from "../src/snapshot/derive.ts";

/** What a report is laid out from, made up: texts of any language, as many as are wished, without a log behind them. */
export interface ModelOptions {
  readonly names?: readonly [string, string];
  /** Threads: a subject, the messages of the two in turn, the children that it names, and the name of a file of its first message. */
  readonly threads?: readonly {
    readonly subject: string;
    readonly texts: readonly string[];
    readonly children?: readonly string[];
    readonly file?: string;
  }[];
  readonly expenses?: readonly { readonly title: string; readonly note?: string; readonly reason?: string }[];
  readonly zone?: string;
  readonly remarks?: readonly string[];
}

const START = Date.UTC(2026, 2, 1, 8);
const HOUR = 3_600_000;
const hex = (n: number): string => n.toString(16).padStart(8, "0").repeat(8);
const record = (n: number): RecordId => hex(n).slice(32) as RecordId;
const LOG = hex(7) as LogId;

export function pdfModel(options: ModelOptions = {}): Derived {
  const { names = ["Ada", "Ben"], threads = [], expenses = [], zone = "Europe/Vienna" } = options;
  const members = [hex(1) as MemberId, hex(2) as MemberId] as const;
  const devices = [hex(11) as DeviceId, hex(12) as DeviceId] as const;
  let seq = 0;
  const proof = (who: number): ProofView => {
    seq += 1;
    const at = START + seq * 5 * HOUR;
    return {
      claimed: at,
      notBefore: at - 2 * HOUR,
      notAfter: at + HOUR / 2,
      stampedBy: "relay.example",
      log: LOG,
      seq,
      hash: hex(1000 + seq) as ChangeHash,
      device: devices[who] ?? devices[0],
      member: members[who] ?? members[0],
      state: seq % 3 === 0 ? "viewed" : "sent",
      ...(seq % 3 === 1 ? {} : { deliveredBy: at + HOUR }),
      ...(seq % 3 === 0 ? { viewedAt: at + 2 * HOUR } : {}),
      ...(seq % 11 === 0 ? { clockOff: true, clockBy: -3 * 24 * HOUR } : {}),
    };
  };
  const filesOf = new Map<string, readonly FileRecord[]>();
  const files: NamedFile[] = [];
  const attached = (hash: string, name: string): void => {
    const n = 700 + filesOf.size;
    const [id, key, plain] = [hex(n) as FileId, hex(n + 100) as Hex32, hex(n + 200) as Hex32];
    filesOf.set(hash, [
      { id, name, type: "application/pdf", size: 4_096, hash: plain, sealedSize: 4_113, sealedHash: key, keyCommitment: key },
    ]);
    files.push({ path: `data/files/${String(n)}.pdf`, names: [name], hash: plain, size: 4_096, state: "here" });
  };
  const messages: MessageView[] = [];
  const views: ThreadView[] = [];
  threads.forEach(({ subject, texts, children, file }, t) => {
    const id = record(500 + t);
    const first = messages.length;
    texts.forEach((text, i) => {
      const who = i % 2;
      const own = proof(who);
      if (i === 0 && file !== undefined) attached(own.hash, file);
      messages.push({
        id: i === 0 ? id : record(100_000 + messages.length),
        thread: id,
        log: LOG,
        author: members[who] ?? members[0],
        ...(i === 0 ? { subject } : {}),
        ...(i % 4 === 3 ? { reply: messages[first]?.id ?? id } : {}),
        text,
        files:
          i === 0 && file !== undefined
            ? [{ id: hex(700 + t) as FileId, name: file, type: "application/pdf", size: 4_096, state: "here" }]
            : [],
        settlement: i % 9 === 8,
        proof: own,
      });
    });
    views.push({
      id,
      log: LOG,
      subject,
      ...(children ? { children } : {}),
      count: texts.length,
      unread: 0,
      last: 0,
      lastAuthor: members[0],
      snippet: "",
    });
  });
  const expenseViews = expenses.map(({ title, note, reason }, i): ExpenseView => {
    const first = proof(0);
    return {
      id: record(900 + i),
      log: LOG,
      author: members[0],
      title,
      category: "Health",
      amount: 12_345,
      currency: "EUR",
      share: 5000,
      asked: 6173,
      spent: "2026-03-02",
      ...(note === undefined ? {} : { note }),
      files: [],
      state: "refused",
      crossed: i % 3 === 2,
      steps: [
        { act: "submit", hash: first.hash, member: members[0], files: [], proof: first },
        {
          act: "refuse",
          hash: hex(40 + i) as ChangeHash,
          member: members[1],
          reason: reason ?? "Not agreed before",
          files: [],
          proof: proof(1),
        },
      ],
      proof: first,
      can: [],
    };
  });
  const nameOf = (m: MemberId | undefined): string => (m === members[0] ? names[0] : m === members[1] ? names[1] : "Unnamed");
  return {
    statement: {
      render: 2,
      app: "countersign 0.1.0",
      log: LOG,
      kind: "household",
      zone,
      exported: START + 9000 * HOUR,
      exporter: devices[0],
      names: members.map((member, i) => ({ member, name: names[i] ?? "" })),
      scope: { threads: "all", expenses: "all", settlement: "include", files: true },
      size: seq,
      missing: [],
    },
    relay: "relay.example",
    size: seq,
    checkpointTime: START + 8999 * HOUR,
    beginning: START,
    people: members.map((member, i) => ({
      member,
      name: names[i] ?? "",
      comparedBy: i === 0 ? [] : [`${names[0]}, words, Mon 2026-03-02 10:00:00 +01:00`],
    })),
    devices: members.map((member, i) => ({
      member,
      name: names[i] ?? "",
      device: devices[i] ?? devices[0],
      linked: START,
      revoked: i === 1 ? START + HOUR : undefined,
    })),
    messages,
    threads: views,
    expenses: expenseViews,
    setAside: [
      {
        id: "5.0",
        log: LOG,
        seq: 5,
        type: "set-aside",
        what: "change.set-aside",
        member: members[1],
        device: devices[1],
        reason: "not-other-parent",
        claimed: START,
        notBefore: START,
        notAfter: START + HOUR,
      },
    ],
    files,
    channels: [
      ["messages", messages.length],
      ["expenses", expenses.length],
    ],
    statements: 7,
    leftOut: [["message", 12]],
    settlement: [[names[1], 2]],
    unnamed: 0,
    redacted: [],
    remarks: options.remarks ?? [],
    nameOf,
    filesOf,
  };
}
