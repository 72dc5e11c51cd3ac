"""An encoder of Nonin frames written from the format tables, apart from the driver's own code."""

from __future__ import annotations


def df2(status: int, pleth: int, slow: int) -> bytes:
    body = bytes([0x01, 0x80 | status, pleth, slow])
    return body + bytes([sum(body) % 256])


def df7(status: int, pleth: int, slow: int) -> bytes:
    body = bytes([0x80 | status, pleth // 256, pleth % 256, slow])
    return body + bytes([sum(body) % 256])


def slow_bytes(
    rate: int = 72,
    spo2: int = 97,
    rate_display: int | None = None,
    spo2_display: int | None = None,
    firmware: int = 0,
    battery: int = 0,
) -> list[int]:
    """25 slow bytes, by frame number from 1 as in the tables."""
    slow = dict.fromkeys(range(1, 26), 0)
    slow[1], slow[2] = rate // 128, rate % 128
    slow[3] = spo2
    slow[4] = firmware
    slow[8] = battery
    if spo2_display is not None:
        slow[9] = spo2_display
    if rate_display is not None:
        slow[20], slow[21] = rate_display // 128, rate_display % 128
    return [slow[number] for number in range(1, 26)]


def packet(frame, pleth: list[int], slow: list[int], status: int = 0) -> list[bytes]:
    """The 25 frames of one packet; `frame` is df2 or df7."""
    return [frame(status | (1 if number == 0 else 0), pleth[number], slow[number]) for number in range(25)]


def df1(rate: int, spo2: int, status: int = 0) -> bytes:
    return bytes([0x80 | status | (rate // 128), rate % 128, spo2])
