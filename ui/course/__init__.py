"""The page on which the sessions of one person lie over each other."""
