/** Of the same class: what is shown for entries, and how it is bound to them. */
export const CHANGES = String.raw`    def changes(self):
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
                if "l" in only(change, BLIND if "l" in change else TAGGED if "h" in change else SHOWN, {"o", "m", "a"} if "c" in change else {"a"} if "h" in change else frozenset()):
                    data, left = change["l"], left + 1
                else:
                    tag = H("commit-tag", change["y"], encode([change["k"], change["r"]] + about(n, change)))
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


`;
