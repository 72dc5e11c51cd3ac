"""The printed report of a session: pages made from the record alone."""
