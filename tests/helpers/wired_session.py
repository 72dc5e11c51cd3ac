"""A session of simulated devices on their real bytes in virtual time, and all that is made of them."""

from capture_parts import ORIGIN_NS, live_gatt, options_of
from drivers import load
from engine_room import STARTED, S
from memory_recorder import MemoryRecorder

from devices.address import parse_device
from devices.sim.fastforward import FastForward, Joined
from devices.sim.scenario import bedside
from devices.sim.serve import DOSE_S, build
from kapmonitor.alarms.limits import example
from kapmonitor.clock import ManualClock
from kapmonitor.engine import Engine
from kapmonitor.model import WireChunk
from kapmonitor.record.wireonly import WireOnly
from kapmonitor.session.events import DeviceAdded, Stamped

TICK_NS = S // 4


class WiredSession:
    """`drivers` as `nonin` or `contec?format=new`; Bluetooth ones are played in afterwards, one by one."""

    def __init__(self, drivers, *, wire_only=False):
        self.clock = ManualClock(ORIGIN_NS, 1_700_000_000 * S)
        self.recorder = MemoryRecorder()
        self.started = Stamped(ORIGIN_NS, STARTED)
        keeper = WireOnly(self.recorder) if wire_only else self.recorder
        self.engine = Engine(self.clock, keeper, self.started, example())
        self.joined = []
        self.ticked_ns = ORIGIN_NS
        for text in drivers:
            driver, _, query = text.partition("?")
            spec = load().get(driver)
            given = dict(parse_device(f"{driver}@x?{query}").options) if query else {}
            address = f"{driver}@/dev/ttyX" + (f"?{query}" if query else "")
            self.engine.add_device(DeviceAdded(driver, driver, spec.label, address))
            if spec.transport == "serial":
                sim = build(text, bedside("quiet", 7, DOSE_S), 45.0)
                self.joined.append(Joined(driver, sim, spec.protocol(options_of(spec, **given))))
            else:
                self.joined.append(driver)

    def on_wire(self, device, chunk):
        self._at(chunk.t_ns)
        self.engine.on_wire(device, chunk)

    def on_link(self, device, change):
        self._at(change.t_ns)
        self.engine.on_link(device, change)

    def on_event(self, device, event):
        self.engine.on_event(device, event)

    def _at(self, t_ns):
        self.clock.move_to(max(t_ns, self.clock.now_ns()))

    def _tick(self, t_ns):
        self._at(t_ns)
        if t_ns - self.ticked_ns >= TICK_NS:
            self.ticked_ns = t_ns
            self.engine.tick(t_ns)

    def run(self, seconds, cuffs=(), each=None):
        """Virtual seconds; `cuffs` are (second, driver) to start, `each` is called at every step."""
        wired = [one for one in self.joined if isinstance(one, Joined)]
        line = FastForward(wired, self, ORIGIN_NS)

        def tick(t_ns):
            self._tick(t_ns)
            if each is not None:
                each(t_ns)

        starts = [(ORIGIN_NS + second * S, device) for second, device in cuffs]
        line.run(ORIGIN_NS, ORIGIN_NS + seconds * S, tick, starts)
        for driver in self.joined:
            if isinstance(driver, str):
                self._radio(driver, seconds)

    def _radio(self, driver, seconds):
        """What a Bluetooth device said, put in with the times it had, as late as it may come."""
        taken = live_gatt(driver, seconds)
        for entry in taken.entries:
            if isinstance(entry, WireChunk):
                self.engine.on_wire(driver, entry)
            else:
                self.engine.on_link(driver, entry)
        for event in taken.events:
            self.engine.on_event(driver, event)
