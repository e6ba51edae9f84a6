/** The files of a snapshot, from a folder or a ZIP. */
export const BAG = String.raw`# ------------------------------------------------------------------------------------------------ files, from a folder or a ZIP

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


`;
