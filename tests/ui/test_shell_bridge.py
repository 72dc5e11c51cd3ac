import threading
from concurrent.futures import Future

from PySide6.QtCore import QThread

from kapmonitor.errors import CommandRefused
from kapmonitor.session.events import AlarmAcknowledged, LinkEvent, PhaseChanged, Stamped
from ui.bridge import Bridge


def test_many_wakes_from_another_thread_become_few_on_the_main_one(qtbot):
    bridge = Bridge()
    threads = []
    bridge.samples.connect(lambda: threads.append(QThread.currentThread()))
    here = QThread.currentThread()

    def hammer():
        for _ in range(5000):
            bridge.wake()

    worker = threading.Thread(target=hammer)
    worker.start()
    worker.join()
    qtbot.waitUntil(lambda: len(threads) >= 1, timeout=10_000)
    assert len(threads) <= 3
    assert all(thread is here for thread in threads)


def test_a_wake_after_a_delivery_is_delivered_again(qtbot):
    bridge = Bridge()
    seen = []
    bridge.samples.connect(lambda: seen.append(1))
    for count in range(1, 4):
        bridge.wake()
        qtbot.waitUntil(lambda wanted=count: len(seen) >= wanted, timeout=10_000)
        qtbot.wait(50)
        assert len(seen) == count


def test_events_are_sorted_to_those_who_care(qtbot):
    bridge = Bridge()
    heard = []
    for name in ("alarm", "link", "phase", "happened"):
        getattr(bridge, name).connect(lambda stamped, name=name: heard.append((name, stamped.t_ns)))
    events = (
        AlarmAcknowledged(("a",), "RN"),
        LinkEvent("cuff", "live", "none", ""),
        PhaseChanged("peak", "KL"),
    )
    worker = threading.Thread(target=lambda: [bridge.tell(Stamped(i, e)) for i, e in enumerate(events)])
    worker.start()
    worker.join()
    qtbot.waitUntil(lambda: len(heard) == 6, timeout=10_000)
    assert heard == [
        ("alarm", 0),
        ("happened", 0),
        ("link", 1),
        ("happened", 1),
        ("phase", 2),
        ("happened", 2),
    ]


def test_a_refusal_is_reported_and_success_is_not(qtbot):
    bridge = Bridge()
    said = []
    bridge.refused.connect(said.append)
    good, bad, cancelled = Future(), Future(), Future()
    for future in (good, bad, cancelled):
        bridge.watch(future)
    good.set_result(None)
    cancelled.cancel()
    bad.set_exception(CommandRefused("start cuff", "resting"))
    qtbot.waitUntil(lambda: bool(said), timeout=10_000)
    assert said == ["not done — arm is resting"]
