/** A time-stamp authority (RFC 3161) of one's own, made with openssl, for tests. */
import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
/** The example that is checked in is to be tried with openssl for years. */
const DAYS = "36500";

export interface Authority {
  /** The certificate with which `openssl ts -verify` trusts it. */
  readonly root: string;
  /** Its own certificate, which signs the stamps. */
  readonly certificate: string;
  /** What it answers to a request. */
  readonly answer: (request: Uint8Array) => Promise<Uint8Array>;
}

export interface AuthorityOptions {
  /** In its certificate. */
  readonly name?: string;
  /** Certificates that it sends along besides its own, PEM. */
  readonly certs?: string;
}

const configOf = ({ name = "Test TSA", certs }: AuthorityOptions): string => `
[ req ]
distinguished_name = dn
prompt = no
[ dn ]
CN = ${name}
[ root ]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[ stamping ]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[ tsa ]
default_tsa = one
[ one ]
serial = ./serial
signer_cert = ./tsa.crt
signer_key = ./tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
${certs === undefined ? "" : `certs = ${certs}\n`}`;

/** Makes its keys and certificates in a new folder. */
export async function makeAuthority(folder: string, options: AuthorityOptions = {}): Promise<Authority> {
  await mkdir(folder, { recursive: true });
  const openssl = (...args: readonly string[]): Promise<unknown> => run("openssl", [...args], { cwd: folder });
  await writeFile(join(folder, "tsa.cnf"), configOf(options));
  await writeFile(join(folder, "serial"), "01\n");
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "tsa.cnf"];
  await openssl(
    "req",
    "-x509",
    ...key,
    "-keyout",
    "ca.key",
    "-out",
    "ca.crt",
    "-days",
    DAYS,
    "-subj",
    `/CN=Root of ${options.name ?? "Test TSA"}`,
    "-extensions",
    "root",
  );
  await openssl("req", ...key, "-keyout", "tsa.key", "-out", "tsa.csr");
  const by = ["-CA", "ca.crt", "-CAkey", "ca.key", "-set_serial", "7", "-days", DAYS, "-extfile", "tsa.cnf", "-extensions", "stamping"];
  await openssl("x509", "-req", "-in", "tsa.csr", "-out", "tsa.crt", ...by);
  return {
    root: join(folder, "ca.crt"),
    certificate: join(folder, "tsa.crt"),
    answer: async (request) => {
      await writeFile(join(folder, "request.tsq"), request);
      await openssl("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "request.tsq", "-out", "answer.tsr");
      return new Uint8Array(await readFile(join(folder, "answer.tsr")));
    },
  };
}

/** The same over HTTP, on a port of this machine that nothing else has. */
export async function serveAuthority(
  answer: Authority["answer"],
): Promise<{ readonly address: string; readonly close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      answer(new Uint8Array(Buffer.concat(parts))).then(
        (bytes) => response.writeHead(200, { "Content-Type": "application/timestamp-reply" }).end(bytes),
        () => response.writeHead(500).end(),
      );
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const at = server.address();
  if (at === null || typeof at === "string") throw new Error("no address");
  return {
    address: `http://127.0.0.1:${String(at.port)}/tsr`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
