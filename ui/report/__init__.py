"""The printed report of a session: A4 pages, made from the record alone."""
