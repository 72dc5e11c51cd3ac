"""The session record: one SQLite file, append-only, chained by hashes."""
