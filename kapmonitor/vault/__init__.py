"""Keys of encrypted records: made, kept, found again. Knows no record's content and no SQLite."""
