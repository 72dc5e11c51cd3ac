"""Recordings of other programs, read into records that say so; never sessions of the clinic."""
