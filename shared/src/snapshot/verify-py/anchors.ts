/** Of the same class: anchors, and headers of a history that was given up. */
export const ANCHORS = String.raw`    def anchors(self):
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

`;
