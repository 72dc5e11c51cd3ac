"""A serial line as edges in time: what a receiver reads that is set otherwise than the sender."""

from bisect import bisect_right


class Sent:
    """The level of the line over time: idle is high, a start bit low, data lowest bit first."""

    def __init__(self, bursts, line):
        """`bursts` are (time in s, bytes); bytes of a burst follow each other without a pause."""
        self._times, self._levels = [0.0], [1]
        free = 0.0
        for at, data in bursts:
            t = max(at, free)
            for byte in data:
                for bit in frame_bits(byte, line):
                    self._set(t, bit)
                    t += 1 / line.baud
                t += (line.stopbits - 1) / line.baud
            free = t
        self.end = free

    def _set(self, t, level):
        if level != self._levels[-1]:
            self._times.append(t)
            self._levels.append(level)

    def level(self, t):
        return self._levels[bisect_right(self._times, t) - 1]

    def next_fall(self, t):
        """When the line next goes from high to low at or after `t`, or None."""
        place = bisect_right(self._times, t - 1e-9)
        while place < len(self._times):
            if self._levels[place] == 0:
                return self._times[place]
            place += 1
        return None


def frame_bits(byte, line):
    data = [byte >> place & 1 for place in range(line.bytesize)]
    ones = sum(data)
    parity = {"N": [], "E": [ones & 1], "O": [ones & 1 ^ 1], "M": [1], "S": [0]}[line.parity]
    return [0, *data, *parity, 1]


def read(sent, line):
    """What a receiver set to `line` hands over: bytes, framing errors, parity errors.

    A byte with an error is handed over as it was read, as serial drivers do unless told to check; after a
    missing stop bit the receiver waits for the line to go high again.
    """
    out, framing, parity_errors = bytearray(), 0, 0
    bit = 1 / line.baud
    size = line.bytesize + (line.parity != "N")
    t = 0.0
    while (start := sent.next_fall(t)) is not None:
        if sent.level(start + 0.5 * bit):
            t = start + 0.5 * bit
            continue
        bits = [sent.level(start + (n + 1.5) * bit) for n in range(size + 1)]
        byte = sum(b << n for n, b in enumerate(bits[: line.bytesize]))
        if line.parity != "N" and frame_bits(byte, line)[-2] != bits[-2]:
            parity_errors += 1
        if not bits[-1]:
            framing += 1
        out.append(byte)
        t = start + (size + 1.5) * bit
    return bytes(out), framing, parity_errors
