/** Of the same class: who may sign a note, time stamps that are handed out, and the notes of changes. */
export const NOTES = String.raw`    def header(self, n):
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

`;
