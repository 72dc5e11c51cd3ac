"""What somebody with the file and time could do to a record, and what a person would then look for."""

import re
from contextlib import closing
from dataclasses import dataclass

from kapmonitor.record import chain, database

TABLES = {
    "event": ("seq", ("t_ns", "type", "version", "body", "prev_hash", "hash")),
    "wave": ("id", ("channel", "t0_ns", "fs", "n", "fine_crc", "crc", "fine", "data")),
    "numeric": ("id", ("t0_ns", "t1_ns", "n", "crc", "data", "extra")),
    "minute": ("id", ("t0_ns", "wave_to", "numeric_to", "crc", "waves", "numerics")),
    "wire": ("id", ("t_ns", "device", "direction", "channel", "data")),
    "header": ("id", ("body",)),
}
TAILS = ("wave_tail", "numeric_tail")
KINDS = ("change", "change", "change", "delete", "insert", "swap", "renumber", "cut", "move")


@dataclass(frozen=True)
class Edit:
    """What was done, and the first row of which table it hit."""

    kind: str
    table: str
    row: int


def unguarded(path):
    """A connection that can do what the triggers refuse, and the triggers; whoever has the key may."""
    connection = database.connect(path, "rw")
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA journal_mode=MEMORY")
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    return connection, [sql for _, sql in triggers]


def guarded(connection, triggers):
    """Put the triggers back, commit and close."""
    for sql in triggers:
        connection.execute(sql)
    connection.commit()
    connection.close()


def tamper(path, statement, values=()):
    """How many rows a statement changed that the triggers would have refused."""
    connection, triggers = unguarded(path)
    changed = connection.execute(statement, values).rowcount
    guarded(connection, triggers)
    return changed


def other(value, rng):
    """Something of the same kind that is not the same."""
    if isinstance(value, int):
        return value + rng.choice((-1, 1, 1000))
    if isinstance(value, float):
        return value * 1.5 + 1
    if isinstance(value, bytes):
        at = rng.randrange(len(value)) if value else 0
        return value[:at] + bytes([(value[at] if value else 0) ^ (1 << rng.randrange(8))]) + value[at + 1 :]
    at = rng.randrange(len(value)) if value else 0
    return value[:at] + ("x" if value[at : at + 1] != "x" else "y") + value[at + 1 :]


def random_edit(path, rng, foreign):
    """One change of any row of any table, the end cut off, or a signature of another session put there."""
    kind = rng.choice(KINDS)
    if kind == "move":
        return Edit(kind, "event", add_event(path, "record.signed", foreign))
    connection, triggers = unguarded(path)
    if kind == "cut":
        (last,) = connection.execute("SELECT max(seq) FROM event").fetchone()
        edit = Edit(kind, "event", rng.randrange(2, last + 1))
        remove_after(connection, edit.row - 1)
    else:
        edit = edited_row(connection, kind, rng.choice(list(TABLES)), rng)
    guarded(connection, triggers)
    return edit


def edited_row(connection, kind, table, rng):
    """One row of a table changed, removed, put there, or given another number."""
    number, columns = TABLES[table]
    rows = [n for (n,) in connection.execute(f"SELECT {number} FROM {table} ORDER BY 1")]
    row, new = rng.choice(rows), max(rows) + 1
    if kind == "swap" and len(rows) < 2:
        kind = "renumber"
    match kind:
        case "change":
            column = rng.choice(columns)
            (value,) = connection.execute(
                f"SELECT {column} FROM {table} WHERE {number} = ?", (row,)
            ).fetchone()
            connection.execute(
                f"UPDATE {table} SET {column} = ? WHERE {number} = ?", (other(value, rng), row)
            )
        case "delete":
            connection.execute(f"DELETE FROM {table} WHERE {number} = ?", (row,))
        case "insert":
            copied = f"SELECT {new}, {','.join(columns)} FROM {table} WHERE {number} = ?"
            connection.execute(f"INSERT INTO {table} {copied}", (row,))
            row = new
        case "swap":
            row, two = sorted(rng.sample(rows, 2))
            for old, then in ((row, -1), (two, row), (-1, two)):
                connection.execute(f"UPDATE {table} SET {number} = ? WHERE {number} = ?", (then, old))
        case "renumber":
            connection.execute(f"UPDATE {table} SET {number} = ? WHERE {number} = ?", (new + 6, row))
    return Edit(kind, table, row)


def cut_after(path, seq):
    """Take away all that came after an entry, as if the program had been killed just then."""
    connection, triggers = unguarded(path)
    remove_after(connection, seq)
    guarded(connection, triggers)


def remove_after(connection, seq):
    """Later entries, and the data rows that none of the entries left seals."""
    connection.execute("DELETE FROM event WHERE seq > ?", (seq,))
    sealed = dict.fromkeys(("wave", "numeric", "minute", "wire"), 0)
    for (body,) in connection.execute("SELECT body FROM event WHERE type = 'record.seal' ORDER BY seq"):
        sealed.update({table: rows.last for table, rows in chain.read_seal(body).items()})
    for table, last in sealed.items():
        connection.execute(f"DELETE FROM {table} WHERE id > ?", (last,))


def rechain(path):
    """Make every hash anew, as somebody can who knows how: the record then looks as if it had been so."""
    connection, triggers = unguarded(path)
    (header,) = connection.execute("SELECT body FROM header").fetchone()
    prev = chain.genesis(header)
    rows = connection.execute("SELECT seq, t_ns, type, version, body FROM event ORDER BY seq").fetchall()
    for row in rows:
        hash_ = chain.event_hash(*row, prev)
        connection.execute("UPDATE event SET prev_hash = ?, hash = ? WHERE seq = ?", (prev, hash_, row[0]))
        prev = hash_
    guarded(connection, triggers)


def add_event(path, type_, body, version=1):
    """One more entry that follows the last one as it should."""
    with closing(database.connect(path, "rw")) as connection:
        seq, t_ns, prev = connection.execute(
            "SELECT seq, t_ns, hash FROM event ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        hash_ = chain.event_hash(seq + 1, t_ns, type_, version, body, prev)
        row = (seq + 1, t_ns, type_, version, body, prev, hash_)
        connection.execute("INSERT INTO event VALUES (?,?,?,?,?,?,?)", row)
        connection.commit()
    return seq + 1


def flip(path, data, at, rng):
    """Write `data` with one bit of the byte at `at` turned."""
    path.write_bytes(data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :])


def everything(path):
    """All that can be read from a record, table by table and row by row."""
    with closing(database.connect(path, "ro")) as connection:
        connection.text_factory = bytes
        found = {
            table: connection.execute(f"SELECT * FROM {table} ORDER BY 1, rowid").fetchall()
            for table in (*TABLES, *TAILS)
        }
        found["sqlite_master"] = connection.execute(
            "SELECT type, name, tbl_name, sql FROM sqlite_master"
        ).fetchall()
        return found


def names(said, table, row):
    """Whether a verdict's first bad entry is this row, or a short range that it is in."""
    if table == "header":
        return said.startswith("header")
    if table == "event":
        cut = re.match(r"cut after entry \d+: entry (\d+) is missing", said)
        if cut:
            return int(cut[1]) == row
        found = re.match(r"entry (\d+)\b", said)
        return bool(found) and int(found[1]) == row
    found = re.match(rf"{table} rows? (\d+)(?: to (\d+))?", said)
    return bool(found) and int(found[1]) <= row <= int(found[2] or found[1])


def loosened(path):
    """A connection that may put anything into any column, as damage of a page does."""
    connection, triggers = unguarded(path)
    connection.execute("PRAGMA writable_schema=ON")
    tables = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
    for name, sql in tables:
        loose = re.sub(
            r"\) STRICT$", ")", re.sub(r"(?<!KEY)(?: INTEGER| REAL| TEXT| BLOB)? NOT NULL", "", sql)
        )
        connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (loose, name))
    connection.commit()
    connection.close()
    return database.connect(path, "rw"), tables, triggers


def of_another_kind(path, table, column, row, value):
    """Put a value into a column that its declaration refuses, which is as before; how many rows had it.

    Without a row, the first one there is.
    """
    number, _ = TABLES.get(table, ("id", ()))
    connection, tables, triggers = loosened(path)
    which = f"coalesce(?, (SELECT min({number}) FROM {table}))"
    statement = f"UPDATE {table} SET {column} = ? WHERE {number} = {which}"
    changed = connection.execute(statement, (value, row)).rowcount
    connection.execute("PRAGMA writable_schema=ON")
    for name, sql in tables:
        connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (sql, name))
    guarded(connection, triggers)
    return changed
