"""The program whose latency is measured, and the device that sends to it; each runs in a process of its own.

    python latency_program.py sender FD SECONDS          writes stamped frames, 50 a second
    python latency_program.py console MODE PORT SECONDS  prints the delay of each frame to its paint

The console is the real path: pyserial on a pty, the pump, the engine, the rings, the bridge and the sweep.
The modes differ in one place each: `console` as shipped, `busy` beside a Python thread that never rests,
`timer` drawn by a 60 Hz timer instead of being woken, `read256` with a reader that asks for 256 bytes,
`whole` with a real record and the alarms beside it.
"""

import json
import os
import struct
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "helpers")]

FRAMES_PER_S = 50
SAMPLES = 10
CHANNELS = 4
FRAME = struct.Struct(f"<2sQ{SAMPLES * CHANNELS}h")
MAGIC = b"\xa5\x5a"
MARKS = []
"""Wall and CPU seconds at each read: the share of a core is taken while frames come."""
WARM_UP = 100
"""Frames until the strips have settled on a scale."""


def send(fd, seconds):
    """Stamped frames at an even pace; each stamp is taken just before its frame is written."""
    begin = time.monotonic()
    for number in range(int(seconds * FRAMES_PER_S)):
        time.sleep(max(0.0, begin + number / FRAMES_PER_S - time.monotonic()))
        phase = (number * SAMPLES) % 400
        samples = [((phase + i) % 400) * 20 - 4000 for i in range(SAMPLES)] * CHANNELS
        os.write(fd, FRAME.pack(MAGIC, time.monotonic_ns(), *samples))
    time.sleep(1.0)


def console(mode, port, seconds):
    """Run the console's path for so long, then report every frame's delay."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    import devices.transport.serial as serial_transport
    from devices.address import parse_device
    from devices.pump import SerialPump
    from kapmonitor.clock import SystemClock
    from kapmonitor.runtime import Runtime
    from kapmonitor.soon import Soon
    from ui.bridge import Bridge

    if mode == "read256":
        serial_transport.reader_for = NaiveReader
    application = QApplication([])
    clock = SystemClock()
    engine = make_engine(clock, mode)
    spec, stamps = frame_spec()
    screen, draw = make_screen(engine, spec, stamps)
    bridge, timer = Bridge(), QTimer()
    if mode == "timer":
        timer.timeout.connect(draw)
        timer.start(1000 // 60)
    else:
        engine.on_samples = Soon(bridge.wake)
        bridge.samples.connect(draw)
    runtime = Runtime()
    runtime.start()
    runtime.spawn(SerialPump("bench", spec, parse_device(f"bench@{port}"), clock, engine).run(), "bench")
    if mode == "whole":
        runtime.spawn(ticking(engine, clock), "tick")
    if mode == "busy":
        threading.Thread(target=compute, daemon=True).start()
    QTimer.singleShot(int(seconds * 1000), application.quit)
    say("ready")
    application.exec()
    (wall0_s, cpu0_s), (wall1_s, cpu1_s) = MARKS[WARM_UP], MARKS[-1]
    cpu = (cpu1_s - cpu0_s) / (wall1_s - wall0_s)
    say(json.dumps({"delays": screen.delays[WARM_UP:], "sent": len(stamps), "cpu": cpu}))
    os._exit(0)


async def ticking(engine, clock):
    """Alarms and snapshots four times a second, as the station does it."""
    import asyncio

    while True:
        engine.tick(clock.now_ns())
        await asyncio.sleep(0.25)


def make_engine(clock, mode):
    import tempfile

    from memory_recorder import MemoryRecorder

    from kapmonitor.alarms.limits import example
    from kapmonitor.engine import Engine
    from kapmonitor.session.events import SessionStarted, Stamped

    started = Stamped(clock.now_ns(), SessionStarted("bench", "Test", "bench", clock.utc_ns(), 0, "UTC"))
    recorder = MemoryRecorder()
    if mode == "whole":
        from kapmonitor.record.writer import RecordWriter

        path = Path(tempfile.mkdtemp(prefix="kap-bench-")) / "bench.kap"
        recorder = RecordWriter.create(path, started, clock)
    return Engine(clock, recorder, started, example())


def make_screen(engine, spec, stamps):
    """A sweep that notes when each frame is painted, and the function that draws what is new."""
    from kapmonitor.model import ChannelKey
    from ui.sweep import Lane, Sweep
    from ui.theme import SESSION, Theme

    class Screen(Sweep):
        shown = drawn = 0

        def paintEvent(self, event):  # noqa: N802 Qt's name
            super().paintEvent(event)
            done_ns = time.monotonic_ns()
            self.delays.extend((done_ns - stamp_ns) / 1e6 for stamp_ns in stamps[self.shown : self.drawn])
            self.shown = self.drawn

    screen = Screen(Theme(SESSION))
    screen.delays = []
    screen.resize(1280, 800)
    screen.show()

    taps = []

    def draw():
        waves = [engine.view.live_wave(ChannelKey("bench", metric.ref)) for metric in spec.metrics]
        if not taps and all(waves):
            taps.extend(wave.tap() for wave in waves)
            screen.set_lanes(tuple(Lane(tap, SESSION.spo2, 10.0) for tap in taps))
        drawn = min((tap.head() for tap in taps), default=0) // SAMPLES
        screen.advance()
        screen.drawn = drawn

    return screen, draw


def say(line):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class NaiveReader:
    """Asks for a round number of bytes, as many programs do, and gets them when the timeout is over."""

    def __init__(self, port):
        self._port = port
        self.wake = self.close = lambda: None

    def burst(self):
        return self._port.read(256), False


def compute():
    number = 1
    while True:
        number = number * 3 % 1_000_003


def frame_spec():
    """A driver for the stamped frames, and the list in which it leaves the stamps."""
    import numpy as np

    from devices.protocol import DriverSpec, Evidence, SerialLink
    from kapmonitor import mdc
    from kapmonitor.model import Metric, WaveformBlock

    terms = (mdc.ECG_I, mdc.ECG_II, mdc.PLETH, mdc.Term("KAP_BENCH", mdc.PRIVATE, 99, "1"))
    metrics = tuple(Metric(term, term.ref, float(FRAMES_PER_S * SAMPLES)) for term in terms)
    stamps = []

    class Frames:
        deadline_ns = None

        def __init__(self, options):
            self._buffer = b""

        def opened(self, t_ns):
            self._buffer = b""

        def receive(self, data, t_ns):
            MARKS.append((time.monotonic(), time.process_time()))
            self._buffer += data
            events = []
            while len(self._buffer) >= FRAME.size:
                frame, self._buffer = self._buffer[: FRAME.size], self._buffer[FRAME.size :]
                stamps.append(FRAME.unpack_from(frame)[1])
                waves = np.frombuffer(frame, "<i2", offset=10).reshape(CHANNELS, SAMPLES)
                events += [WaveformBlock(m, t_ns, w) for m, w in zip(metrics, waves, strict=True)]
            return events

        def closed(self, t_ns):
            return []

        def data_to_send(self):
            return b""

        def on_deadline(self, now_ns):
            return []

    return DriverSpec("bench", "B", "B", SerialLink(115200), metrics, Frames, Evidence("manual", ())), stamps


if __name__ == "__main__":
    if sys.argv[1] == "sender":
        send(int(sys.argv[2]), float(sys.argv[3]))
    else:
        console(sys.argv[2], sys.argv[3], float(sys.argv[4]))
