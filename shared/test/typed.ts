/** For programs that ask for a passphrase on a terminal and take it from nowhere else. */

/** Debian's own Python, for which python3-nacl is packaged. */
export const PYTHON = "/usr/bin/python3";

/** A script for it: `PASSPHRASE PROGRAM ARGUMENTS…` runs the program on a terminal of its own, types the passphrase there, and ends as it ended. */
export const TYPED = `import os, pty, sys
child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
os.read(terminal, 1024)
os.write(terminal, sys.argv[1].encode() + b"\\n")
try:
    while os.read(terminal, 1024):
        pass
except OSError:
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
`;
