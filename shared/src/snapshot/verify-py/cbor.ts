/** Deterministic CBOR and lists of rows. */
export const CBOR = String.raw`# ------------------------------------------------------------------------------------------------ CBOR, deterministic (RFC 8949, 4.2.1)

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


`;
