"""Scales: which are due, and scores by a key or two, over the trends."""
