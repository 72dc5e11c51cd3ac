"""Records in formats of others, and what goes with them: made from the record alone, whole or not at all."""
