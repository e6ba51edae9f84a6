// Imported first, for its effect: says clearly when this Node is too old, before anything else can fail in an unclear way.
// Keep the syntax old enough for Node 16 to read.
const OLDEST_MAJOR = 20;
const OLDEST_MINOR = 19;

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < OLDEST_MAJOR || (major === OLDEST_MAJOR && minor < OLDEST_MINOR)) {
  console.error(
    `Countersign needs Node.js ${OLDEST_MAJOR}.${OLDEST_MINOR} or later; this is ${process.versions.node}. Install a newer one from your system or from nodejs.org, then run the same command again.`,
  );
  process.exit(1);
}
