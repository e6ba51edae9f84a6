import { utf8 } from "../base/bytes.ts";

/**
 * data/proof/verify.py: a second reader, written from the documents alone, for a Python 3 with PyNaCl. It shares no code with ours on purpose; it
 * checks as much as can be checked without an Automerge library and says what it does not. The text is the file, byte for byte.
 */
export const VERIFY_PY: Uint8Array = utf8(String.raw`#!/usr/bin/env python3
"""Checks a snapshot without the program that made it.

    python3 verify.py [--stamps NEW-FOLDER] [FOLDER or ZIP]   (needs PyNaCl: pip install pynacl, or Debian's python3-nacl)

Written from docs/snapshot-format.md and docs/protocol.md alone. Nothing is unpacked, run or written; only with --stamps the
time stamps of the log go into that folder, which must not exist yet, with the openssl commands that check them.
Exit code 0: nothing failed. 1: something failed. 2: this cannot be read as a snapshot.
"""
import base64
import hashlib
import os
import re
import stat
import sys
import zipfile

try:
    from nacl.bindings import crypto_core_ed25519_is_valid_point as is_point
    from nacl.exceptions import CryptoError
    from nacl.signing import VerifyKey
except ImportError:
    sys.stderr.write("This needs PyNaCl: pip install pynacl, or on Debian: apt install python3-nacl\n")
    sys.exit(2)

MAX_FILES, MAX_FILE, MAX_ALL, MAX_ROWS, RATIO, FREE = 20000, 1 << 28, 1 << 32, 1000000, 200, 1 << 20
SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)*\Z")
PROOF = "data/proof/"
ZERO = bytes(32)
MAX_TIME = 253402300799999


class Unreadable(Exception):
    """No snapshot, or not one that can be read: exit code 2."""


class Failed(Exception):
    """A check that does not hold."""


def timed(at):
    """A time in ms (rule E12): a later one than the year 9999 makes the whole that it stands in one of wrong form."""
    if type(at) is not int or not 0 <= at <= MAX_TIME:
        raise Failed("it names a time that none can be")
    return at


# ------------------------------------------------------------------------------------------------ files, from a folder or a ZIP

class Bag:
    """The files of a snapshot by name, read where they lie. Names and sizes are looked at before anything is read."""

    def __init__(self, path):
        self.zip, self.sizes, self.lower, self.root = None, {}, set(), path
        if os.path.isdir(path):
            self._folder(path)
        elif zipfile.is_zipfile(path):
            self._zip(path)
        else:
            raise Unreadable("This is neither a folder nor a ZIP archive.")
        if len(self.sizes) > MAX_FILES or sum(self.sizes.values()) > MAX_ALL or max(self.sizes.values(), default=0) > MAX_FILE:
            raise Unreadable("This holds more than a snapshot may.")
        if "manifest-sha256.txt" not in self.sizes or PROOF + "statement.cbor" not in self.sizes:
            raise Unreadable("This is no snapshot of a shared record.")

    def _folder(self, path):
        for folder, _, names in os.walk(path):
            for name in names:
                full = os.path.join(folder, name)
                info = os.lstat(full)
                inner = os.path.relpath(full, path).replace(os.sep, "/")
                if not stat.S_ISREG(info.st_mode):
                    raise Unreadable("There is something else than ordinary files here.")
                self._add(inner, info.st_size)
                if len(self.sizes) > MAX_FILES:
                    raise Unreadable("This holds more files than a snapshot may.")

    def _zip(self, path):
        try:
            self.zip = zipfile.ZipFile(path)
            for item in self.zip.infolist():
                if item.flag_bits & 0x2041 or item.compress_type not in (0, 8):
                    raise Unreadable("The archive is encrypted or packed in an unusual way.")
                if item.file_size > FREE and item.file_size > item.compress_size * RATIO:
                    raise Unreadable("A file in the archive unpacks to far more than it should.")
                if not (item.is_dir() and item.file_size == 0 and SAFE.match(item.filename[:-1])):
                    self._add(item.filename, item.file_size)
        except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError):
            raise Unreadable("The ZIP archive is damaged or cut off.")

    def _add(self, name, size):
        if len(name) > 180 or not SAFE.match(name) or name.lower() in self.lower:
            raise Unreadable("There are file names here that a snapshot never has.")
        self.lower.add(name.lower())
        self.sizes[name] = size

    def pieces(self, name):
        left = self.sizes.get(name)
        if left is None:
            raise Failed(name + " is missing")
        try:
            source = self.zip.open(name) if self.zip else open(os.path.join(self.root, name), "rb")
            with source:
                while left > 0:
                    piece = source.read(min(left, 1 << 20))
                    if not piece:
                        raise Failed(name + " ends too early")
                    left -= len(piece)
                    yield piece
                if source.read(1):
                    raise Failed(name + " is longer than it says")
        except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError) as problem:
            raise Failed(name + " is damaged") from problem
        except Exception as problem:  # zlib's own error has no place in the archive module's list
            if isinstance(problem, Failed):
                raise
            raise Failed(name + " is damaged") from problem

    def read(self, name):
        return b"".join(self.pieces(name))

    def sha256(self, name):
        digest = hashlib.sha256()
        for piece in self.pieces(name):
            digest.update(piece)
        return digest.hexdigest()


# ------------------------------------------------------------------------------------------------ CBOR, deterministic (RFC 8949, 4.2.1)

def head(major, n):
    if n < 24:
        return bytes([major << 5 | n])
    for code, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if n < 1 << 8 * size:
            return bytes([major << 5 | code]) + n.to_bytes(size, "big")
    raise Failed("a number is too large")


def encode(x):
    if isinstance(x, bool) or x is None:
        return {False: b"\xf4", True: b"\xf5", None: b"\xf6"}[x]
    if isinstance(x, int):
        return head(0, x) if x >= 0 else head(1, -1 - x)
    if isinstance(x, bytes):
        return head(2, len(x)) + x
    if isinstance(x, str):
        return head(3, len(x.encode())) + x.encode()
    if isinstance(x, list):
        return head(4, len(x)) + b"".join(map(encode, x))
    return head(5, len(x)) + b"".join(k + v for k, v in sorted((encode(k), encode(v)) for k, v in x.items()))


def decode(data):
    value, at = item(data, 0, 0)
    # Writing it again finds every other way to say the same: longer numbers, other orders, keys that stand twice.
    if at != len(data) or encode(value) != data:
        raise Failed("a structure is not written as it must be")
    return value


def item(data, at, depth):
    if at >= len(data) or depth > 16:
        raise Failed("a structure is cut off or too deep")
    major, low = data[at] >> 5, data[at] & 31
    at += 1
    if major == 7:
        if low not in (20, 21, 22):
            raise Failed("a structure holds something unknown")
        return {20: False, 21: True, 22: None}[low], at
    if low > 27 or major == 6:
        raise Failed("a structure holds something unknown")
    size = 0 if low < 24 else 1 << low - 24
    n = low if low < 24 else int.from_bytes(data[at:at + size], "big")
    at += size
    if at > len(data):
        raise Failed("a structure is cut off")
    if major < 2:
        return (n if major == 0 else -1 - n), at
    if n > len(data) - at:
        raise Failed("a structure is cut off")
    if major < 4:
        part = data[at:at + n]
        try:
            return (part if major == 2 else part.decode()), at + n
        except UnicodeDecodeError:
            raise Failed("a text is not UTF-8")
    out = [] if major == 4 else {}
    for _ in range(n):
        value, at = item(data, at, depth + 1)
        if major == 4:
            out.append(value)
        else:
            if not isinstance(value, str):
                raise Failed("a key is no text")
            out[value], at = item(data, at, depth + 1)
    return out, at


AUTHOR = {"v", "log", "kind", "ch", "e", "book", "dev", "cc", "bh", "bl", "s"}
SPECIAL = {3: {"cv"}, 5: {"of"}}
SHOWN, TAGGED, BLIND = {"c", "s", "x", "y", "k", "r"}, {"h", "y", "k", "r", "w"}, {"l"}


def only(x, needed, also=frozenset()):
    """The map, if it has these keys and no others (rule E3)."""
    if not isinstance(x, dict) or not needed <= set(x) <= needed | also:
        raise Failed("a structure has other parts than it may")
    return x


def rows(data):
    at, out = 0, []
    while at < len(data):
        length = int.from_bytes(data[at:at + 4], "big")
        if at + 4 + length > len(data) or len(out) >= MAX_ROWS:
            raise Failed("a list of rows is cut off")
        out.append(data[at + 4:at + 4 + length])
        at += 4 + length
    return out


# ------------------------------------------------------------------------------------------------ hashes, signatures, Merkle tree

def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def domain(name):
    return b"countersign/v1/" + name.encode() + b"\0"


def H(name, *parts):
    return sha(domain(name), *parts)


def signed(key, message, signature):
    try:
        if len(key) != 32 or len(signature) != 64 or not is_point(key):
            return False
        VerifyKey(key).verify(message, signature)
        return True
    except (CryptoError, ValueError, TypeError):
        return False


def leaf(data):
    return sha(b"\0", data)


class Tree:
    """RFC 6962 over leaf hashes as they come; gives the root after each."""

    def __init__(self):
        self.peaks = []

    def add(self, hashed):
        self.peaks.append((1, hashed))
        while len(self.peaks) > 1 and self.peaks[-1][0] == self.peaks[-2][0]:
            (n, right), (_, left) = self.peaks.pop(), self.peaks.pop()
            self.peaks.append((2 * n, sha(b"\1", left, right)))

    def root(self):
        if not self.peaks:
            return sha()
        out = self.peaks[-1][1]
        for _, left in reversed(self.peaks[:-1]):
            out = sha(b"\1", left, out)
        return out


def note_text(note):
    return note.rpartition(b"\n\n")[0] + b"\n"


def checkpoint(note, origin, key):
    """Size, root and time of a signed note (C2SP signed-note, tlog-checkpoint)."""
    _, gap, signatures = note.rpartition(b"\n\n")
    text = note_text(note)
    name = origin.encode()
    key_id = sha(name, b"\n", b"\1", key)[:4]
    good = False
    for line in signatures.split(b"\n"):
        if line.startswith(b"\xe2\x80\x94 " + name + b" "):
            raw = base64.b64decode(line.rsplit(b" ", 1)[1])
            good = good or raw[:4] == key_id and signed(key, text, raw[4:])
    lines = text.split(b"\n")
    if not gap or not good or len(lines) != 5 or lines[0] != name or not lines[3].startswith(b"time "):
        raise Failed("it is not signed by the log's key, or not for this log")
    return int(lines[1]), base64.b64decode(lines[2], validate=True), timed(int(lines[3][5:]))


def cosigned(note, verifier):
    """When the witness of this verifier key signed the note (C2SP tlog-cosignature, type 4), by its own clock; None where it did not."""
    text, name = note_text(note), verifier.split("+")[0].encode()
    public = base64.b64decode(verifier.split("+", 2)[2], validate=True)
    if len(public) != 33 or public[0] != 4:
        return None
    key_id = sha(name, b"\n", public)[:4]
    found = None
    for line in note.rpartition(b"\n\n")[2].split(b"\n"):
        if line.startswith(b"\xe2\x80\x94 " + name + b" "):
            raw = base64.b64decode(line.rsplit(b" ", 1)[1])
            if raw[:4] == key_id and len(raw) == 76:
                when = int.from_bytes(raw[4:12], "big")
                if when * 1000 <= MAX_TIME and signed(public[1:], b"cosignature/v1\ntime %d\n" % when + text, raw[12:]):
                    found = max(found or 0, when)
    return found


# ------------------------------------------------------------------------------------------------ the checks

class Check:
    def __init__(self, bag):
        self.bag, self.failed, self.remarks, self.stamps = bag, False, [], []

    def part(self, what, run):
        try:
            print("  + " + what + ": " + run())
            return True
        except Failed as problem:
            why = str(problem)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError, RecursionError):
            why = "it is not in its form"
        print("  x " + what + ": " + plain(why))
        self.failed = True
        return False

    def list(self, name):
        out, last = {}, ""
        for line in self.bag.read(name).decode("ascii", "replace").split("\n")[:-1]:
            found = re.match(r"([0-9a-f]{64})  (\S+)\Z", line)
            if not found or not SAFE.match(found[2]) or found[2] <= last:
                raise Failed(name + " is not written as it must be")
            last = found[2]
            out[last] = found[1]
        return out

    def files(self):
        listed = self.list("manifest-sha256.txt")
        here = {n for n in self.bag.sizes if n.startswith("data/")}
        for name in sorted(here ^ set(listed)):
            raise Failed(name + (" is not listed" if name in here else " is missing"))
        tags = self.list("tagmanifest-sha256.txt")
        for name, wanted in list(listed.items()) + list(tags.items()):
            if self.bag.sha256(name) != wanted:
                raise Failed(name + " was changed")
        for name in self.bag.sizes:
            if not name.startswith(("data/", "signatures/")) and name not in tags and name != "tagmanifest-sha256.txt":
                raise Failed(name + " does not belong here")
        return "all %d files under data/ have their SHA-256, none was added or is missing" % len(listed)

    def signature(self):
        pem = self.bag.read("signatures/signer.pem").decode("ascii", "replace")
        found = re.match(r"-----BEGIN PUBLIC KEY-----\n([A-Za-z0-9+/=]+)\n-----END PUBLIC KEY-----\n\Z", pem)
        der = base64.b64decode(found[1]) if found else b""
        if len(der) != 44 or der[:12].hex() != "302a300506032b6570032100":
            raise Failed("signatures/signer.pem holds no Ed25519 key")
        self.statement = decode(self.bag.read(PROOF + "statement.cbor"))
        if self.statement["v"] != 1:
            raise Unreadable("This snapshot was made by a newer version.")
        timed(self.statement["at"])
        if len({n["m"] for n in self.statement["names"]}) != len(self.statement["names"]):
            raise Failed("the statement gives one person two names")
        if der[12:] != self.statement["by"]:
            raise Failed("signatures/signer.pem is not the exporter's key")
        if not signed(der[12:], self.bag.read("manifest-sha256.txt"), self.bag.read("signatures/manifest.sig")):
            raise Failed("signatures/manifest.sig is not the exporter's signature")
        return "the list of files is signed by the device key " + der[12:].hex()

    def log(self):
        log, tree, tails, time = self.statement["log"], Tree(), {}, 0
        self.headers, self.roots, hidden = [], [tree.root()], 0
        for n, row in enumerate(rows(self.bag.read(PROOF + "headers.rows"))):
            if len(row) == 32:
                hidden += 1
                self.headers.append(None)
                tree.add(row)
            else:
                author_bytes, relay_bytes = decode(row)
                author, relay = decode(author_bytes), only(decode(relay_bytes), {"n", "cn", "p", "t"})
                only(author, AUTHOR | SPECIAL.get(author["kind"], set()))
                unsigned = {k: v for k, v in author.items() if k != "s"}
                if author["v"] != 1 or author["log"] != log or not signed(author["dev"], domain("entry") + encode(unsigned), author["s"]):
                    raise Failed("entry %d is not signed by the device that it names" % n)
                count, before = tails.get(author["ch"], (0, ZERO))
                if (relay["n"], relay["cn"], relay["p"]) != (n, count, before) or relay["t"] < time:
                    raise Failed("entry %d does not follow the one before" % n)
                time = timed(relay["t"])
                tails[author["ch"]] = (count + 1, leaf(row))
                self.headers.append((author, relay))
                tree.add(leaf(row))
            self.roots.append(tree.root())
        if hidden:
            raise Failed("%d entries are shown only by their hash: behind them the end of a channel could hide" % hidden)
        return "all %d entries are signed and form one unbroken chain" % len(self.headers)

    def charter(self):
        statements = rows(self.bag.read(PROOF + "charter.rows"))
        carriers = [h for h in self.headers if h and h[0]["ch"] == "charter"]
        if len(statements) != len(carriers) or not statements:
            raise Failed("there are %d statements for %d entries" % (len(statements), len(carriers)))
        self.member, recovery, invites, before = {}, {}, {}, None
        parents, joined, moves = 1, set(), {}
        for n, (row, (author, place)) in enumerate(zip(statements, carriers)):
            whole = decode(row)
            body, statement = whole["b"], decode(whole["b"])
            own, kind = H("statement", body), statement["t"]
            if author["kind"] != 2 or author["dev"] != statement["by"] or author["cc"] != own or author["bh"] != H("body", row) or statement["prev"] != before:
                raise Failed("statement %d is not the one that its entry carries" % n)
            timed(statement["expires"] if kind == "invite" else 0)
            timed(statement["cp"]["t"] if statement["cp"] is not None else 0)
            if statement["cp"] is not None and statement["cp"]["n"] > place["n"]:
                raise Failed("statement %d names a checkpoint over entries that were not there yet" % n)
            if (statement["log"] or own) != self.statement["log"] or (n == 0) != (kind == "found"):
                raise Failed("statement %d is of another log" % n)
            keys = [s["k"] for s in whole["s"]]
            if not keys or keys[0] != statement["by"] or not all(signed(s["k"], domain("statement") + body, s["s"]) for s in whole["s"]):
                raise Failed("statement %d is not signed by whom it must be" % n)
            if kind == "found":
                self.relays, self.left = [(-1, statement["relay"], statement["logKey"])], []
                self.member[statement["device"]["s"]] = recovery[statement["recovery"]["s"]] = own
            elif kind == "invite":
                invites[own] = statement["key"]
            elif kind == "join":
                if keys != [statement["device"]["s"], invites.get(statement["invite"])]:
                    raise Failed("statement %d is not signed by whom it must be" % n)
                self.member[keys[0]] = recovery[statement["recovery"]["s"]] = own
            elif kind == "link":
                if len(keys) != 2 or keys[1] != statement["device"]["s"]:
                    raise Failed("statement %d is not signed by whom it must be" % n)
                self.member[keys[1]] = self.member[keys[0]]
            elif kind == "recover":
                if len(keys) != 2 or keys[0] != statement["device"]["s"]:
                    raise Failed("statement %d is not signed by whom it must be" % n)
                self.member[keys[0]] = recovery[keys[1]]
            elif kind == "set-recovery":
                recovery[statement["recovery"]["s"]] = self.member.get(keys[0]) or recovery[keys[0]]
            elif kind == "move-log":
                moves[own] = statement
            # With one parent a move stands at once, else with the consent of the other (rule C8).
            stands = moves.get(own if kind == "move-log" and parents == 1 else statement.get("to") if kind == "consent" else None)
            if stands and "fork" in stands:
                # The relays so far had shown two histories, and this move says which one is given up.
                size, root, _ = self.noted(stands["fork"]["note"].encode(), self.relays)
                if size < len(self.roots) and root == self.roots[size]:
                    raise Failed("statement %d gives up what is in this log" % n)
                self.left.append((place["n"], len(self.relays)))
            if stands:
                self.relays.append((place["n"], stands["relay"], stands["logKey"]))
            if kind == "join":
                parents += 1
                joined.add(statement["invite"])
            elif kind == "leave" or (kind == "void" and statement["invite"] in joined):
                parents -= 1
            if keys[0] not in self.member and keys[0] not in recovery:
                raise Failed("statement %d is by a key that nobody brought in" % n)
            before = own
        if self.statement["by"] not in self.member:
            raise Failed("the exporter's key is no device of this record")
        return "all %d statements follow each other and are signed by keys that were brought in" % len(statements)

    def point(self):
        note, fault = self.bag.read(PROOF + "checkpoint.txt"), None
        for _, relay, key in self.signers(len(self.headers)):
            try:
                size, root, _ = checkpoint(note, relay + "/" + self.statement["log"].hex(), key)
                break
            except Failed as e:
                fault = fault or e
        else:
            raise fault
        if size != len(self.headers) or size != self.statement["size"] or root != self.roots[size]:
            raise Failed("it does not fit the entries")
        return "the root over all %d entries, computed anew, is the one that relay %s signed" % (size, plain(relay))

    def anchors(self):
        last, count, before = {}, 0, -1
        for row in rows(self.bag.read(PROOF + "anchors.rows")):
            item = only(decode(row), {"n", "b"})
            n, body = item["n"], item["b"]
            author, place = self.header(n), before
            before = n
            if n > place and author["kind"] == 6:
                continue
            if n <= place or author["kind"] != 4 or author["bh"] != H("body", body) or author["cc"] != H("anchor", body):
                raise Failed("the anchor of entry %d is not what the entry is bound to" % n)
            count += 1
            try:
                anchor = decode(body)
                note, token = anchor["note"].encode(), anchor.get("tsr")
                size, root, _ = self.noted(note)
                signers = [(k, cosigned(note, k)) for k in anchor["keys"]]
            except (Failed, KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError, RecursionError):
                # What a device pushed, not what the exporter did.
                self.remarks.append("The anchor of entry %d does not hold: it bounds nothing." % n)
                continue
            if size >= len(self.roots) or root != self.roots[size]:
                raise Failed("the anchor of entry %d is not over this log" % n)
            for key, when in signers:
                if when is not None:
                    last[key] = (size, when)
            if token is not None and sha(note_text(note)) not in token:
                self.remarks.append("The time stamp in the anchor of entry %d is of something else: it bounds nothing." % n)
            elif token is not None:
                self.stamps.append((n, note_text(note), token))
        for key, (size, when) in sorted(last.items())[:32]:
            self.remarks.append("%s signed that the log had its first %d entries at POSIX time %d." % (plain(key), size, when))
        if self.stamps:
            self.remarks.append("%d time stamps name checkpoints of this log. Whether their signatures hold openssl says: run this with --stamps FOLDER." % len(self.stamps))
        return "all %d anchors are bound to their entries" % count

    def forked(self, n):
        """The relays that a move before entry n named as having shown two histories."""
        return self.relays[:max([count for place, count in self.left if place < n], default=0)]

    def again(self):
        """Who had sent the entries that were sent again, by their headers in a history that was given up (C8j)."""
        bodies, old, self.sender = {}, {}, {}
        if PROOF + "anchors.rows" in self.bag.sizes:
            for row in rows(self.bag.read(PROOF + "anchors.rows")):
                item = only(decode(row), {"n", "b"})
                bodies[item["n"]] = item["b"]
        for n, (author, _) in enumerate(self.headers):
            if author["kind"] == 1 and author["cc"] in old:
                # The first of the carrier's own member, so that nobody's header takes an entry from those who wrote it; else the first.
                member, found = self.member.get(author["dev"]), old[author["cc"]]
                self.sender[n] = next((d for d in found if member is not None and self.member.get(d) == member), found[0])
            if author["kind"] != 6:
                continue
            body = bodies.get(n)
            if body is None or author["bh"] != H("body", body) or author["cc"] != H("again", body):
                raise Failed("the old headers of entry %d are missing, or not what the entry is bound to" % n)
            try:
                said = only(decode(body), {"v", "note", "e"})
                if author["ch"] != "household" or author["book"] != ZERO or said["v"] != 1 or not 1 <= len(said["e"]) <= 128:
                    raise Failed("these are no old headers")
                size, root, _ = self.noted(said["note"].encode(), self.forked(n))
                found = [self.old_header(e, size, root) for e in said["e"]]
            except (Failed, KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError, RecursionError):
                # What a device pushed, not what the exporter did.
                self.remarks.append("The old headers of entry %d do not hold: they show nothing." % n)
                continue
            for commitment, sender in found:
                old.setdefault(commitment, []).append(sender)
        if self.sender:
            self.remarks.append("%d entries were first logged in a history that was given up, and stand here again." % len(self.sender))

    def old_header(self, entry, size, root):
        author, relay = decode(only(entry, {"a", "r", "p"})["a"]), decode(entry["r"])
        unsigned = {k: v for k, v in author.items() if k != "s"}
        if author["log"] != self.statement["log"] or author["kind"] != 1:
            raise Failed("this is no header of changes of this log")
        if not signed(author["dev"], domain("entry") + encode(unsigned), author["s"]):
            raise Failed("a header is not signed by the device that it names")
        if not included(leaf(encode([entry["a"], entry["r"]])), relay["n"], size, entry["p"], root):
            raise Failed("a header is not in the tree that the relay signed")
        return author["cc"], author["dev"]

    def header(self, n):
        # Counted from the end, or as a yes, an entry would have two names.
        if type(n) is not int or not 0 <= n < len(self.headers):
            raise Failed("something is shown for an entry that is not there")
        return self.headers[n][0]

    def signers(self, size):
        """Who may sign a checkpoint over so many entries: the relay that logged the last of them, and where a move stands with that one the next too (C8)."""
        last = [r for r in self.relays if r[0] < size - 1] or self.relays[:1]
        return last[-1:] + [r for r in self.relays if r[0] == size - 1]

    def noted(self, note, relays=None):
        for _, relay, key in self.signers(int(note.split(b"\n", 2)[1])) if relays is None else relays:
            try:
                return checkpoint(note, relay + "/" + self.statement["log"].hex(), key)
            except Failed:
                continue
        raise Failed("it is not signed by a log key of this record")

    def told(self, note, relays=None):
        try:
            return self.noted(note, relays)
        except (Failed, TypeError, ValueError, IndexError):
            # Some device pushed it, and the log's key did not sign it.
            return None

    def write_stamps(self, folder):
        os.mkdir(folder)
        print()
        print("In %s, with the certificates of the authority as AUTHORITY.pem:" % plain(folder))
        for n, text, token in self.stamps:
            for name, content in (("%d.txt" % n, text), ("%d.tsr" % n, token)):
                with open(os.path.join(folder, name), "xb") as out:
                    out.write(content)
            print("  openssl ts -verify -data %d.txt -in %d.tsr -CAfile AUTHORITY.pem && openssl ts -reply -in %d.tsr -text" % (n, n, n))

    def notes(self):
        """Of every note its hash, what it says of a checkpoint, and whether a key of the log signed that."""
        out, self.far, every = [], set(), self.forked(len(self.headers))
        for note in rows(self.bag.read(PROOF + "notes.rows")):
            note.decode()
            begin = note.find(b"\n") + 1
            signed_point = self.told(note, every)
            if signed_point is not None:
                self.far.add(signed_point)
            else:
                signed_point = self.told(note)
            out.append((H("note", note), note[begin:max(begin, note.find(b"\n\n") + 1)], signed_point))
        return out

    def changes(self):
        shown = left = 0
        seen, last = set(), -1
        self.brought, self.bare, self.odd, self.unsigned, self.elsewhere = self.notes(), 0, 0, 0, 0
        self.again()
        for row in rows(self.bag.read(PROOF + "changes.rows")):
            entry = only(decode(row), {"n", "b", "i"})
            n, log = entry["n"], self.statement["log"]
            author = self.header(n)
            if author["kind"] != 1 or author["ch"] != entry["b"][0] or author["book"] != H("book-id", log, encode(entry["b"])):
                raise Failed("entry %d is not of the book that it is shown in" % n)
            if n <= last:
                raise Failed("entry %d is shown twice, or not in the order of the log" % n)
            seen.add(n)
            last = n
            tree, named = Tree(), {}
            for change in entry["i"]:
                if "l" in only(change, BLIND if "l" in change else TAGGED if "h" in change else SHOWN, {"o", "m"} if "c" in change else frozenset()):
                    data, left = change["l"], left + 1
                else:
                    tag = H("commit-tag", change["y"], encode([change["k"], change["r"]]))
                    if "h" in change:
                        content, left = change["h"], left + 1
                    else:
                        content, shown = self.change(n, author, change, named), shown + 1
                    data = H("commit-leaf", content, tag)
                tree.add(leaf(data))
            if author["cc"] != H("commit", len(entry["i"]).to_bytes(8, "big"), tree.root()):
                raise Failed("what is shown for entry %d is not what the entry is bound to" % n)
        sealed = {}
        for n, (author, _) in enumerate(self.headers):
            if author["kind"] == 1 and n not in seen:
                sealed[self.member.get(author["dev"], b"")] = sealed.get(self.member.get(author["dev"], b""), 0) + 1
        if left:
            self.remarks.append("%d changes are withheld, each counted by its entry." % left)
        for member, count in sorted(sealed.items()):
            self.remarks.append("%d entries that member %s sent have no contents here: by the exporter's word their device could not open them." % (count, member.hex()))
        if self.bare:
            self.remarks.append("%d changes count for nothing: they came without the relay's note of the checkpoint that they name, as their entries are bound to." % self.bare)
        if self.odd:
            self.remarks.append("%d changes count for nothing: they name no checkpoint of this log." % self.odd)
        if self.elsewhere:
            self.remarks.append("%d changes name a checkpoint of a history that was given up: a relay had shown two." % self.elsewhere)
        if self.unsigned:
            self.remarks.append("%d changes count for nothing: no device of the member who sent them signed them." % self.unsigned)
        return "all %d disclosed changes are bound to their entries, %d of them signed" % (shown, shown - self.unsigned)

    def change(self, n, author, change, named):
        data = change["c"]
        where = "a change of entry %d " % n
        # Nothing but the rest of a change vouches for its first eight bytes.
        if len(data) > 8 and data[:8] != bytes.fromhex("856f4a83") + sha(data[8:])[:4]:
            raise Failed(where + "is damaged")
        own = sha(data[8:])
        message = domain("change") + self.statement["log"] + author["book"] + own
        sender = self.sender.get(n, author["dev"])
        member = self.member.get(sender)
        if not any(signed(d, message, change["s"]) for d in sorted(self.member, key=lambda d: d != sender) if self.member[d] == member):
            # The entry is bound to this signature, so it came like this, and counts for nothing.
            self.unsigned += 1
        place = change.get("m")
        if place is not None and (type(place) is not int or not 0 <= place < len(self.brought)):
            raise Failed(where + "came with a note that was taken out")
        brought, said, signed_point = (ZERO, None, None) if place is None else self.brought[place]
        self.named(n, where, data, named, place, said, signed_point)
        return H("commit-content", change["x"], own, change["s"], brought)

    def named(self, n, where, data, named, place, said, signed_point):
        try:
            field = decode(named_checkpoint(data))
            point = (field["n"], field["r"], timed(field["t"]))
            ours = point[0] < len(self.roots) and point[1] == self.roots[point[0]]
            lines = b"%d\n%s\ntime %d\n" % (point[0], base64.b64encode(point[1]), point[2])
        except (Failed, KeyError, TypeError, ValueError, IndexError):
            point = lines = None
        if place is not None and said != lines or point is not None and named.setdefault(point, place) != place:
            raise Failed(where + "is shown with a note that is not of the checkpoint that it names")
        if signed_point is None:
            self.bare, self.odd = (self.bare + 1, self.odd) if point and ours else (self.bare, self.odd + 1)
        elif not ours and signed_point in self.far and self.forked(n):
            self.elsewhere += 1
        elif not ours:
            raise Failed(where + "names a checkpoint that the log's key signed and that does not fit the log, or lies after its end")


def included(digest, index, size, path, root):
    """RFC 6962: the leaf with this hash is leaf number index of the tree of so many leaves."""
    last = size - 1
    if not 0 <= index < size:
        return False
    for step in path:
        if last == 0:
            return False
        if index & 1 or index == last:
            digest = sha(b"\1", step, digest)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            digest = sha(b"\1", digest, step)
        index, last = index >> 1, last >> 1
    return last == 0 and digest == root


def named_checkpoint(data):
    at = 9

    def number():
        nonlocal at
        out = shift = 0
        while True:
            byte = data[at]
            at += 1
            out |= (byte & 127) << shift
            shift += 7
            if byte < 128 or shift > 63:
                return out

    number()
    # In two steps: the call moves the place itself.
    for size in (32, 1):
        skip = size * number()
        at += skip
    number(), number(), number()
    length = number()
    text = data[at:at + length]
    if not text.startswith(b"cs1."):
        raise Failed("a change names no checkpoint")
    text = text[4:]
    return base64.b64decode(text + b"=" * (-len(text) % 4), b"-_", validate=True)


def plain(text):
    return re.sub(r"[^ -~]", "?", text)


def main(arguments):
    here = os.path.dirname(os.path.abspath(__file__))
    folder = None
    if arguments[:1] == ["--stamps"] and len(arguments) > 1:
        folder, arguments = arguments[1], arguments[2:]
    if len(arguments) > 1 or arguments[:1] in (["-h"], ["--help"], ["--stamps"]):
        sys.stderr.write(__doc__)
        return 2
    try:
        check = Check(Bag(arguments[0] if arguments else os.path.dirname(os.path.dirname(here))))
        check.part("Files", check.files)
        steps = [("Exporter's signature", check.signature), ("Log", check.log), ("People and keys", check.charter)]
        # Each needs what the one before found out.
        if all(check.part(*step) for step in steps):
            check.part("Checkpoint", check.point)
            check.part("Changes", check.changes)
            if PROOF + "anchors.rows" in check.bag.sizes:
                check.part("Anchors", check.anchors)
            if folder is not None:
                check.write_stamps(folder)
    except Unreadable as problem:
        sys.stderr.write(plain(str(problem)) + "\n")
        return 2
    except FileExistsError:
        sys.stderr.write("The folder for the time stamps is there already. Name one that is not.\n")
        return 2
    for remark in check.remarks:
        print("  ! " + remark)
    print()
    print("SOMETHING FAILED: see the lines marked x." if check.failed else "Nothing failed" + (", with remarks (!)." if check.remarks else "."))
    print("Not checked here: the rules by which a change counts, whether pages and tables say what the changes say, what the")
    print("stated scope had to include, rules of who may bring in whom, signatures of time stamps, countersignatures. The program's own")
    print("'countersign verify' checks these. No check shows who held a device, or that what was written is true.")
    return 1 if check.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
`);
