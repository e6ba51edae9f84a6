/** The checks of lists, signature, log, charter and checkpoint. A class is begun here, and ends with the part of changes. */
export const LOG = String.raw`# ------------------------------------------------------------------------------------------------ the checks

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
                    self.remarks.append("Statement %d says that a history was given up, and names one that is part of this log." % n)
                if not (0 < stands["size"] < len(self.roots) and stands["root"] == self.roots[stands["size"]]):
                    self.remarks.append("Statement %d says that a history was given up, and the one that it says was kept is not this log." % n)
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

`;
