"""Checksums of the serial protocols, each with a worked value in its test."""

from __future__ import annotations


def sum8(data: bytes) -> int:
    """Sum of all bytes modulo 256."""
    return sum(data) & 0xFF


def complement8(data: bytes) -> int:
    """The byte that brings the sum of `data` and itself to 0 modulo 256."""
    return -sum(data) & 0xFF
