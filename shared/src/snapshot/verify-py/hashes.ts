/** Hashes, signatures, the Merkle tree, signed notes and witnesses’ lines. */
export const HASHES = String.raw`# ------------------------------------------------------------------------------------------------ hashes, signatures, Merkle tree

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


`;
