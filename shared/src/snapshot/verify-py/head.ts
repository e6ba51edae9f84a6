/** How it is called, what it needs and its limits. */
export const HEAD = String.raw`#!/usr/bin/env python3
"""Checks a snapshot without the program that made it.

    python3 verify.py [--stamps NEW-FOLDER] [FOLDER or ZIP]   (needs PyNaCl: pip install pynacl, or Debian's python3-nacl)

Written from docs/snapshot-format.md and docs/protocol.md alone. Nothing is unpacked, run or written; only with --stamps the
time stamps of the log go into that folder, which must not exist yet, with the openssl commands that check them.
Exit code 0: nothing failed. 1: something failed. 2: this cannot be read as a snapshot.
"""
import base64
import hashlib
import os
import re
import stat
import sys
import zipfile

try:
    from nacl.bindings import crypto_core_ed25519_is_valid_point as is_point
    from nacl.exceptions import CryptoError
    from nacl.signing import VerifyKey
except ImportError:
    sys.stderr.write("This needs PyNaCl: pip install pynacl, or on Debian: apt install python3-nacl\n")
    sys.exit(2)

MAX_FILES, MAX_FILE, MAX_ALL, MAX_ROWS, RATIO, FREE = 20000, 1 << 28, 1 << 32, 1000000, 200, 1 << 20
SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)*\Z")
PROOF = "data/proof/"
ZERO = bytes(32)
MAX_TIME = 253402300799999


class Unreadable(Exception):
    """No snapshot, or not one that can be read: exit code 2."""


class Failed(Exception):
    """A check that does not hold."""


def timed(at):
    """A time in ms (rule E12): a later one than the year 9999 makes the whole that it stands in one of wrong form."""
    if type(at) is not int or not 0 <= at <= MAX_TIME:
        raise Failed("it names a time that none can be")
    return at


`;
