/** Inclusion, what a change names, and the program itself. */
export const MAIN = String.raw`def included(digest, index, size, path, root):
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


def about(n, change):
    """What a tag says of children, if anything: the hash of their names, which are here or not."""
    if "a" not in change:
        return []
    a = change["a"]
    if type(a) is list and len(a) == 2 and type(a[0]) is bytes and len(a[0]) == 32 and type(a[1]) is str:
        return [H("commit-about", a[0], a[1].encode())]
    if type(a) is not bytes or len(a) != 32 or "c" in change:
        raise Failed("what is shown for entry %d is not in its form" % n)
    return [a]


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
    print("'countersign verify' checks these. No check shows who held a device, who runs the relay")
    print("by whose clock the times are, or that what was written is true.")
    return 1 if check.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
`;
