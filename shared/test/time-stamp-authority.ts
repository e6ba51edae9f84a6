/** A time-stamp authority (RFC 3161) of one's own, made with openssl, for tests. */
import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface Authority {
  /** The certificate with which `openssl ts -verify` trusts it. */
  readonly root: string;
  /** What it answers to a request. */
  readonly answer: (request: Uint8Array) => Promise<Uint8Array>;
}

const CONFIG = `
[ req ]
distinguished_name = dn
prompt = no
[ dn ]
CN = Test TSA
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
`;

/** Makes its keys and certificates in a new folder. */
export async function makeAuthority(folder: string): Promise<Authority> {
  await mkdir(folder, { recursive: true });
  const openssl = (...args: readonly string[]): Promise<unknown> => run("openssl", [...args], { cwd: folder });
  await writeFile(join(folder, "tsa.cnf"), CONFIG);
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
    "30",
    "-subj",
    "/CN=Test root",
    "-extensions",
    "root",
  );
  await openssl("req", ...key, "-keyout", "tsa.key", "-out", "tsa.csr");
  const by = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "30", "-extfile", "tsa.cnf", "-extensions", "stamping"];
  await openssl("x509", "-req", "-in", "tsa.csr", "-out", "tsa.crt", ...by);
  return {
    root: join(folder, "ca.crt"),
    answer: async (request) => {
      await writeFile(join(folder, "request.tsq"), request);
      await openssl("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "request.tsq", "-out", "answer.tsr");
      return new Uint8Array(await readFile(join(folder, "answer.tsr")));
    },
  };
}
