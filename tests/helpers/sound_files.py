"""A tone in every format that is played, and what is done to files that are not well."""

import struct

import numpy as np
import soundfile

RATE = 48_000
FORMATS = {
    "tone.wav": {"subtype": "PCM_16"},
    "tone24.wav": {"subtype": "PCM_24"},
    "tone-float.wav": {"subtype": "FLOAT"},
    "tone.flac": {"subtype": "PCM_24"},
    "tone.ogg": {"subtype": "VORBIS"},
    "tone.oga": {"format": "OGG", "subtype": "VORBIS"},
    "tone.opus": {"format": "OGG", "subtype": "OPUS"},
    "tone.mp3": {"subtype": "MPEG_LAYER_III"},
    "tone.aiff": {"subtype": "PCM_16"},
    "tone.aif": {"format": "AIFF", "subtype": "PCM_24"},
    "tone.w64": {"subtype": "PCM_16"},
    "tone.caf": {"subtype": "PCM_16"},
}


def tone(seconds=2.0, level_dbfs=-20.0, rate=RATE, channels=2, hz=1000.0):
    """A sine whose peak is at the level, shape (n, channels)."""
    wave = 10 ** (level_dbfs / 20) * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)
    return np.repeat(wave.astype(np.float32)[:, None], channels, axis=1)


def write(folder, name, sound=None, rate=RATE):
    """A file of this name in its format."""
    path = folder / name
    soundfile.write(path, tone() if sound is None else sound, rate, **FORMATS[name])
    return path


def id3(**frames):
    """An ID3v2.3 tag of text frames."""
    body = b""
    for name, said in frames.items():
        if name == "TXXX":
            for key, value in said:
                text = b"\x01" + key.encode("utf-16") + b"\0\0" + value.encode("utf-16")
                body += b"TXXX" + struct.pack(">IH", len(text), 0) + text
        else:
            text = b"\x01" + said.encode("utf-16")
            body += name.encode() + struct.pack(">IH", len(text), 0) + text
    size = len(body)
    return b"ID3\x03\0\0" + bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0)) + body


def damaged(data, seed):
    """(how, bytes): what a bad disk or a broken copy makes of a file."""
    chance = np.random.default_rng(seed)
    noise = chance.integers(0, 256, len(data), dtype=np.uint8).tobytes()
    holes = bytearray(data)
    for at in chance.integers(0, len(data), 200):
        holes[at] ^= 0xFF
    yield "cut to its beginning", data[:40]
    yield "cut in the middle", data[: len(data) // 2]
    yield "without a beginning", data[200:]
    yield "full of holes", bytes(holes)
    yield "zeros after the header", data[:200] + bytes(len(data) - 200)
    yield "noise after the header", data[:200] + noise[200:]
    yield "noise", noise
    yield "empty", b""
