import { utf8 } from "../base/bytes.ts";

/** data/proof/README.txt: the short form of docs/snapshot-format.md, for someone who has only the archive. Plain ASCII. */
export const PROOF_README: Uint8Array = utf8(`What is in this folder, and how to check it without our program
================================================================

1. The bundle as a whole (in the folder above data/)

   sha256sum -c manifest-sha256.txt
   sha256sum -c tagmanifest-sha256.txt
   openssl pkeyutl -verify -pubin -inkey signatures/signer.pem -rawin \\
     -in manifest-sha256.txt -sigfile signatures/manifest.sig

   signer.pem is the Ed25519 key of the device that exported. It is also named
   in statement.cbor and, as a device of a member, in charter.rows.

   ssh-keygen -Y verify -f signatures/allowed_signers -I exporter \\
     -n countersign/v1/manifest -s signatures/manifest.sshsig \\
     < manifest-sha256.txt

   python3 data/proof/verify.py
     does this and all of section 3; it needs PyNaCl (Debian: python3-nacl).

2. Files here

   statement.cbor  what the exporter says: scope, zone, names, number of entries
   charter.rows    every signed statement about people, devices and keys
   headers.rows    the header of every entry of the log, or its bare leaf hash
   changes.rows    the signed changes that are disclosed, and the blinded form of
                   those that are not
   notes.rows      the notes that came with disclosed changes
   checkpoint.txt  the relay's signed note over all entries in headers.rows
   anchors.rows    only where there are any: checkpoints that others signed too,
                   with the entry that keeps each in the log: CBOR { n, b }

   A .rows file is a sequence of rows: 4 bytes, the length, big endian; then so
   many bytes. Structures are deterministic CBOR (RFC 8949, 4.2.1). H(name, x) is
   SHA-256("countersign/v1/" name 0x00 x); Sign(name, m) is Ed25519 over the same.

3. What to recompute

   a. Each header is [author part, relay part]. The author part's signature "s" is
      Sign("entry", the map without "s") by the key "dev". Its leaf is
      SHA-256(0x00 header). The relay part counts the log ("n") and the channel
      ("cn") without a gap, and "p" is the leaf of the channel's header before.
   b. The RFC 6962 root over all leaves is the root in checkpoint.txt. That note is
      signed by the log key in the founding statement (C2SP signed-note).
   c. A charter row is the body of the entry with channel "charter" at its turn:
      H("body", row) is that header's "bh".
   d. For a changes entry each item gives a leaf: disclosed, from the change and its
      signature with the salts given; withheld, from the hashes given:
        note    = H("note", row "m" of notes.rows), or 32 zero bytes without "m"
        content = H("commit-content", salt, change hash, signature, note)
        tag     = H("commit-tag", tag salt, CBOR [kind, root]), or, where the record names children, CBOR [kind, root, about];
        about   = H("commit-about", about salt, the text of its field children)
        leaf    = H("commit-leaf", content, tag)
      The header's "cc" is H("commit", u64 count, RFC 6962 root over the leaves).
      A change's hash is SHA-256 over its bytes from the ninth on.
   e. A change is signed by its author's device:
      Sign("change", log id, book id, change hash).
   f. A change is an Automerge change chunk; any Automerge library decodes it.

   The checkpoint's signature with openssl alone: the text is checkpoint.txt up to
   and with the newline before the empty line; the signature is the base64 of the
   last line without its first four bytes.

   g. An anchor's "b" is the body of entry "n": H("body", b) is that header's "bh",
      H("anchor", b) its "cc". It is CBOR { v, note, keys, tsr }: a checkpoint of this
      log, signed by the log key; the keys of witnesses whose lines are on it; and,
      where there is one, an RFC 3161 time stamp of the note's text, which is the
      note up to and with the newline before the empty line.

   The time stamps as files, each with the openssl command that checks it:

   python3 data/proof/verify.py --stamps NEW-FOLDER
   cd NEW-FOLDER
   openssl ts -verify -data N.txt -in N.tsr -CAfile AUTHORITY.pem
     AUTHORITY.pem: the authority's root certificate, from the authority itself.
     Add -no_check_time where its certificates have run out since.
   openssl ts -reply -in N.tsr -text
     the time that it states. All entries below the size in N.txt (its second line)
     were in the log by then.

The full description is docs/snapshot-format.md and docs/protocol.md of the
program's source.
`);
