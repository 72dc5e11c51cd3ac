"""A real record of a session with music, made by the real engine, beside the files that were played."""

from dataclasses import replace
from pathlib import Path

from heard_parts import Scripted, programme

from kapmonitor import mdc
from kapmonitor.alarms.limits import example
from kapmonitor.clock import ManualClock
from kapmonitor.commands import GiveDose, MovePhase, ReportMusic
from kapmonitor.engine import Engine
from kapmonitor.model import LinkChanged, LinkState, Measured, Metric, Observation
from kapmonitor.record.writer import RecordWriter
from kapmonitor.session.events import DeviceAdded, DoseGiven, Phase, SessionStarted, Stamped

S = 1_000_000_000
UTC0 = 1_790_000_000 * S
SCRIPT = (
    (0, 0, ("volume", 9.0)),
    (5, 0, ("toggle",)),
    (85, 100, ("next",)),
    (60, 0, ("hold",)),
    (10, 900, ("seek", 2.0)),
    (40, 0, ("toggle",)),
    (90, 0, ("toggle",)),
    (40, 0, ("duck", -12.0, 0.5)),
    (60, 0, ("duck", 0.0, 0.5)),
    (40, 0, ("lose",)),
    (60, 0, ("back",)),
)


def heard_record(folder: Path, called: tuple[str, ...] = tuple("012345")) -> tuple[Path, Scripted]:
    """The record, and the room in which its music was rendered; the session's clock begins at 0.

    `called` are other titles for the tracks, for people's eyes.
    """
    room = Scripted(programme(folder))
    room.play(SCRIPT, end=150)
    room.close()
    path = folder / "heard.kap"
    clock = ManualClock(0, UTC0)
    started = Stamped(0, SessionStarted("s", "Real", "t", UTC0, 60, "CET", "4471", "M.K.", 3, 6))
    writer = RecordWriter.create(path, started, clock)
    engine = Engine(clock, writer, started, example())
    engine.add_device(DeviceAdded("oxi", "x", "Oximeter", "x@y"))
    engine.on_link("oxi", LinkChanged(LinkState.LIVE, 0))
    rows = [(t_ns, replace(event, title=called[int(event.title)])) for t_ns, event in room.rows]
    for second in range(1, room.now // 48_000 + 1):
        clock.move_to(second * S)
        while rows and rows[0][0] <= second * S:
            engine.handle(ReportMusic(*rows.pop(0)))
        for metric, value in ((Metric(mdc.SPO2, "SpO2"), 97.0), (Metric(mdc.HEART_RATE, "HR"), 72.0)):
            engine.on_event("oxi", Observation(metric, second * S, Measured(value)))
        if second == 2:
            engine.handle(GiveDose(2 * S, DoseGiven("ketamine", 70, "im", "left deltoid", "RN")))
            engine.handle(MovePhase(Phase.PEAK, "KL"))
        engine.tick(second * S)
    engine.close("ended")
    writer.close("ended")
    return path, room
