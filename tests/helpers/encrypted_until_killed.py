"""A program that writes an encrypted record with canaries in it, until somebody kills it or it crashes.

PYTHONPATH=tests/helpers python tests/helpers/encrypted_until_killed.py PATH [crash]
"""

import faulthandler
import logging
import os
import sys
from pathlib import Path

from record_fixtures import SECOND, T0_NS, put_second
from vault_parts import NOTE, begin

from kapmonitor.session.events import NoteAdded, Stamped

BEFORE = 25


def main(path, crash):
    """Half a minute of it, of which the last part is in the log alone; then wait, or fall over."""
    logging.basicConfig(level=logging.DEBUG)
    faulthandler.enable()
    writer, clock = begin(Path(path))
    for second in range(BEFORE):
        put_second(writer, clock, second)
    t_ns = T0_NS + BEFORE * SECOND
    writer.put(Stamped(2**63, NoteAdded("refused", "text", NOTE, "AB", t_ns)))
    writer.put_durable(Stamped(t_ns, NoteAdded("last", "text", f"{NOTE} again", "AB", t_ns))).result(10)
    print("written", flush=True)
    if crash:
        os.abort()
    sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1], "crash" in sys.argv[2:])
