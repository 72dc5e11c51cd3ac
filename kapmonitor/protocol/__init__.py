"""A clinic's protocol as values, read from one TOML file (docs/protocol.md). Nothing here opens a file."""
