"""A simulated session in virtual time: the patient's values as an oximeter and a cuff deliver them."""

from engine_room import DIA, MEAN, PR, SPO2, STARTED, SYS, S
from memory_recorder import MemoryRecorder

from devices.sim.patient import Dose, Patient
from kapmonitor.alarms.limits import baseline_example
from kapmonitor.clock import ManualClock
from kapmonitor.commands import GiveDose, MovePhase, SetBaseline
from kapmonitor.engine import Engine
from kapmonitor.errors import CommandRefused
from kapmonitor.model import (
    Absent,
    LinkChanged,
    LinkState,
    Measured,
    Observation,
    Validity,
)
from kapmonitor.record.items import NumericRow
from kapmonitor.session.events import DeviceAdded, DoseGiven, Phase, Route, Stamped

ORIGIN_NS = 1000 * S
DOSE_S = 720
PHASES = (
    (90, Phase.BASELINE),
    (660, Phase.DOSING),
    (DOSE_S + 60, Phase.ONSET),
    (DOSE_S + 600, Phase.PEAK),
    (DOSE_S + 3000, Phase.RETURN),
    (DOSE_S + 4200, Phase.INTEGRATION),
)
CUFFS_S = (120, 300, 480, *(DOSE_S + m * 60 for m in (5, 10, 15, 20, 30, 40, 50, 60, 75, 90, 105, 120)))


class VirtualSession:
    """Drives an engine second by second; `odd_s` shifts every stamp off the quarters of a second."""

    def __init__(self, seed, route=Route.IM, limits=None, odd_s=0.0, episodes=()):
        self.patient = Patient(seed, None, (Dose(DOSE_S, route),), episodes)
        self.route = route
        self.odd_ns = int(odd_s * S)
        self.clock = ManualClock(ORIGIN_NS, 1_700_000_000 * S)
        self.recorder = MemoryRecorder()
        self.started = Stamped(ORIGIN_NS, STARTED)
        self.limits = limits or baseline_example()
        self.engine = Engine(self.clock, self.recorder, self.started, self.limits)
        self.refused = []
        self.lost = frozenset()
        for device in ("oxi", "cuff"):
            self.engine.add_device(DeviceAdded(device, "x", device, "x@y"))
            self.engine.on_link(device, LinkChanged(LinkState.LIVE, ORIGIN_NS))

    def say(self, device, metric, value):
        reading = Measured(value) if value is not None else Absent(Validity.INVALID)
        self.engine.on_event(device, Observation(metric, self.clock.now_ns(), reading))

    def run(self, seconds, ticks=4, each=None):
        script = {t: [MovePhase(phase, "KL")] for t, phase in PHASES}
        script.setdefault(650, []).append(SetBaseline("RN"))
        dose = DoseGiven("ketamine", 50.0, self.route.value, "arm", "RN")
        script.setdefault(DOSE_S, []).append(GiveDose(ORIGIN_NS + DOSE_S * S, dose))
        begin = (self.clock.now_ns() - ORIGIN_NS) // S
        for t_s in range(begin, begin + seconds):
            self.clock.move_to(ORIGIN_NS + t_s * S + self.odd_ns)
            self._measure(t_s)
            for command in script.get(t_s, ()):
                self._do(command)
            if each is not None:
                each(t_s)
            for i in range(ticks):
                self.clock.move_to(ORIGIN_NS + t_s * S + self.odd_ns + i * S // ticks)
                self.engine.tick(self.clock.now_ns())

    def _measure(self, t_s):
        if "oxi" not in self.lost:
            self.say("oxi", SPO2, round(float(self.patient.spo2(t_s))))
            self.say("oxi", PR, round(float(self.patient.pulse(t_s))))
        if t_s in CUFFS_S and "cuff" not in self.lost:
            systolic, diastolic = self.patient.cuff_reading(t_s)
            mean = round(diastolic + (systolic - diastolic) / 3)
            for metric, value in ((SYS, systolic), (DIA, diastolic), (MEAN, mean)):
                self.say("cuff", metric, value)

    def _do(self, command):
        try:
            self.engine.handle(command)
        except CommandRefused as refused:
            self.refused.append(refused)

    @property
    def rows(self):
        return [row for row in self.recorder.rows if isinstance(row, NumericRow)]

    @property
    def events(self):
        return [self.started, *(row for row in self.recorder.rows if isinstance(row, Stamped))]
