"""Sessions whose reports are hard to lay out: with nothing in it, of 300 notes, of eight hours."""

import exported_session as session
from past_records import write

from kapmonitor.model import Validity
from kapmonitor.record.items import NumericRow
from kapmonitor.session import events as ev
from kapmonitor.session.events import Stamped

S = 1_000_000_000
WORDS = (
    "quiet",
    "says that the ceiling is breathing, and that it is alright that it is",
    "«tout va bien» — respire lentement, main sur le cœur",
    "Спокойно дышит, глаза закрыты, улыбается и молчит",
    "ζητάει νερό, ξαπλώνει πάλι",
    "落ち着いている。手を握ってほしいと言った",
    "صوتها هادئ وتتنفس ببطء",
    "नमस्ते, वह शांत है",
    "averyveryverylongwordwithoutanyspacethatmustbepartedsomewhere" * 3,
)
LONG = " ".join(f"It went on for a while, sentence {n} of what was said word by word." for n in range(1, 60))


def at(seconds):
    return session.T0 + round(seconds * S)


def empty(path):
    """Nothing but its beginning and end."""
    return write(path, Stamped(session.T0, session.STARTED), [])


def interrupted(path):
    """As a kill leaves it, after one that was taken up."""
    return session.make(path, closed=False)


def many_notes(path, count=300):
    """One each quarter of a minute; each fifth amended, each ninth withdrawn, one of several pages."""
    rows = [each for each in session.rows() if isinstance(each, Stamped) and each.t_ns == session.T0]
    for number in range(count):
        second, note = 10 + number * 15, f"n{number}"
        text = LONG * 3 if number == 150 else WORDS[number % len(WORDS)]
        by = ("KL", "Dr Anna-Maria Schneider-Wolff", "RN")[number % 3]
        rows.append(
            Stamped(at(second), ev.NoteAdded(note, "text", text, by, at(second + 4), late=number % 40 == 7))
        )
        if number % 5 == 0:
            amended = ev.NoteAmended(note, f"{text}, put right", False, "KL", None, "typing error")
            rows.append(Stamped(at(second + 6), amended))
        if number % 9 == 0:
            rows.append(Stamped(at(second + 8), ev.NoteAmended(note, text, True, "KL", None, "wrong person")))
    return write(path, Stamped(session.T0, session.STARTED), sorted(rows, key=_time))


def eight_hours(path, hours=8):
    """A cuff every ten minutes, an alarm for each third, music all the time, three doses."""
    rows = [each for each in session.rows() if isinstance(each, Stamped) and each.t_ns == session.T0]
    end_s = hours * 3600
    for number, dose_s in enumerate((1800, 3 * 3600, 5 * 3600)):
        given = ev.DoseGiven(
            "ketamine",
            70 - 10 * number,
            "im",
            "left deltoid",
            "Dr Canary",
            f"L{number}",
            "RN",
            71.0,
            f"d{number}",
        )
        rows.append(Stamped(at(dose_s), given))
    for number, second in enumerate(range(60, end_s, 600)):
        high = number % 3 == 1
        for channel, value in (
            (session.SYS, 172 if high else 124),
            (session.DIA, 98 if high else 78),
            (session.MEAN, 119 if high else 93),
        ):
            rows.append(NumericRow(at(second), channel, float(value), Validity.VALID))
        if high:
            rows += _alarm(second)
    for number, second in enumerate(range(0, end_s, 240)):
        rows.append(
            Stamped(
                at(second),
                ev.MusicEvent(
                    "started",
                    "peak",
                    f"{number:064x}",
                    f"A piece with a long name, no. {number}",
                    0,
                    240,
                    -20,
                    "Room",
                ),
            )
        )
        rows.append(
            Stamped(at(second + 1), ev.NoteAdded(f"n{number}", "tag", "calm", "KL", at(second + 1), "calm"))
        )
    for second in range(0, end_s, 5):
        gone = 7000 <= second < 7900
        if not gone:
            rows.append(NumericRow(at(second), session.SPO2, 97.0 - second // 600 % 4, Validity.VALID))
            rows.append(NumericRow(at(second), session.HR, 68.0 + second // 300 % 9, Validity.VALID))
    return write(path, Stamped(session.T0, session.STARTED), sorted(rows, key=_time))


def _alarm(second):
    def changed(after_s, before, after, cause):
        change = ev.AlarmChanged("sys-high", "medium", before, after, cause, 172.0, 154.0, at(second))
        return Stamped(at(second + after_s), change)

    yield changed(0.5, "normal", "active-unack", "limit")
    if second % 1200 == 660:
        yield Stamped(at(second + 20), ev.AlarmAcknowledged(("sys-high",), "Dr Canary"))
        yield changed(20, "active-unack", "active-ack", "acknowledged")
        yield changed(90, "active-ack", "normal", "limit")
    else:
        yield changed(90, "active-unack", "normal", "limit")


def _time(row):
    return row.t_ns


ALL = {"empty": empty, "interrupted": interrupted, "notes": many_notes, "hours": eight_hours}
