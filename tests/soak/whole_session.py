"""`make whole-session`: one whole session by the keyboard alone, from opening to a signed, closed record.

python tests/soak/whole_session.py [--out DIR] [--size 1366x768]

The real console on an X screen (Xvfb, keys by xdotool), simulated monitors on ptys, music and alarms into a
PulseAudio of its own, a vault, and a clinic's list of people. The protocol is the example with short times:
it takes about eight minutes, most of them the rest between cuff readings. A picture of each step is saved.
It ends with an error if anything is not as it should be.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import time
from pathlib import Path

HELPERS, ROOT = Path(__file__).parents[1] / "helpers", Path(__file__).parents[2]
sys.path[:0] = [str(HELPERS), str(ROOT)]

from live_room import LiveRoom, missing_tools

from kapmonitor.awake import Awake
from kapmonitor.model import CuffReading, Measured
from kapmonitor.preflight import Own
from kapmonitor.protocol.shipped import example
from kapmonitor.record.view import RecordView
from kapmonitor.session.care import Care
from kapmonitor.session.events import BaselineSet, Phase, RecordSigned
from kapmonitor.session.keys_events import ScreenLocked, ScreenUnlocked
from kapmonitor.vault.passphrasefile import NAMED_FILE
from ui.before.checklines import PLACE
from ui.before.questions import asked

PIN, PASSPHRASE = "482913", "seven dry leaves on a stone"
SHORT = (
    ("observe_at_least_min = 120", "observe_at_least_min = 2"),
    ("minutes-since-dose>=120", "minutes-since-dose>=2"),
    ("at_min = [5, 10, 15, 20, 30, 40, 50, 60]", "at_min = [1, 3]"),
    ("at_min = [40, 120]", "at_min = [1]"),
    ("at_min = 40", "at_min = 1"),
    ('routes = ["in"]\n', ""),
)


def short_protocol(folder: Path) -> Path:
    """The example, over in minutes."""
    text = example().toml
    for long, short in SHORT:
        assert long in text, long
        text = text.replace(long, short)
    text = re.sub(r'^limits = ".*"', "", text, flags=re.MULTILINE)
    path = folder / "short.toml"
    path.write_text(text)
    return path


class Session:
    """The staff's hands: each method is one thing they do."""

    def __init__(self, room: LiveRoom) -> None:
        self.room = room
        self.steps = 0

    def picture(self, name: str) -> None:
        time.sleep(0.6)
        self.steps += 1
        self.room.picture(f"{self.steps:02d}-{name}")

    def prepare(self) -> None:
        """What an admin does once: encryption, and who works here."""
        room = self.room
        assert room.command("vault", "setup", said=f"{PASSPHRASE}\n")[0] == 0
        told = room.command(
            "people",
            "add",
            "eve",
            "--name",
            "Eve Fox",
            "--initials",
            "EF",
            "--role",
            "admin",
            said=f"{PIN}\n",
        )
        assert told[0] == 0, told
        passphrase = room.folder / "passphrase"
        passphrase.write_text(PASSPHRASE)
        passphrase.chmod(0o600)
        room.environment[NAMED_FILE] = str(passphrase)
        # This process reads the encrypted record, too.
        os.environ.update({name: room.environment[name] for name in (NAMED_FILE, "XDG_DATA_HOME")})

    def identify(self) -> None:
        room = self.room
        self.picture("opening-empty")
        for text in (
            "4471",
            "1987-03-09",
            "M.K.",
            "depression 3 of 6",
            "71.5",
            "sister 17:30",
            "to look at it without turning away",
            "hand yes",
            "not first",
            "dim",
            "sertraline",
            "done",
        ):
            room.type(text)
            room.key("Tab")
        room.until(lambda s: s.care.on_card("screening") == "done", "the card")
        self.picture("opening-person")

    def await_readings(self, count: int) -> None:
        """The simulated cuff measures every minute and a half by itself; B during that would stop it."""
        limit = time.monotonic() + 400
        while len(self.readings()) < count:
            assert time.monotonic() < limit, "no cuff reading"
            time.sleep(1)

    def readings(self) -> list[CuffReading]:
        """Whole cuff readings on record."""
        view = RecordView(self.room.record)
        try:
            return [each for each in view.cuffs(*view.span()) if isinstance(each.systolic, Measured)]
        finally:
            view.close()

    def answer_checks(self) -> None:
        """Down the list, each as its line asks."""
        room = self.room
        for check in ORDER:
            if check in ASKED:
                room.key("Return")
                room.until(lambda s, about=check: s.care.answer(about), check)
            elif check in (Own.STAFF_TONE, Own.ROOM_TONE):
                room.key("Return")
                time.sleep(1.5)
                room.key("j")
                self.heard(check.value.partition("-")[0])
            elif check is Own.MUSIC_HEARD:
                self.check_music()
            elif check is Own.BEDSIDE:
                room.key("Return")
                self.heard("bedside")
            elif check is Own.CUFF:
                self.picture("opening-half")
                self.await_readings(3)
            elif check is Own.BASELINE:
                room.key("Return")
                room.until(lambda _s: room.events(BaselineSet), "the baseline")
            elif check in WRONG_HERE and WRONG_HERE[check]():
                self.go_on_without(check)
            room.key("Down")

    def heard(self, what: str) -> None:
        self.room.until(lambda s: any(c.of == what and c.heard for c in s.sound_checks), f"{what} heard")

    def check_music(self) -> None:
        """The music plays, T opens the sound check, whose next step is this one."""
        room = self.room
        room.key("m")
        room.until(lambda s: s.music, "music")
        room.key("t")
        time.sleep(0.5)
        room.key("Return")
        time.sleep(5)
        self.picture("sound-check")
        room.key("j")
        self.heard("music")
        room.key("Escape")
        time.sleep(0.3)

    def go_on_without(self, check: str) -> None:
        room = self.room
        room.key("w")
        room.type("this computer cannot")
        room.key("Return", "Return")
        room.until(lambda s: s.care.override(check), f"without {check}")

    def open(self) -> None:
        room = self.room
        self.picture("opening-ready")
        room.key("ctrl+Return")
        room.type("EF")
        room.key("Return")
        room.type("nurse")
        room.key("Return")
        self.picture("opening-go")
        room.key("Return")
        self.picture("opening-pin")
        room.type(PIN)
        room.key("Return")
        room.until(lambda s: s.care.opened_t_ns is not None, "opened")
        self.picture("opened")

    def note(self) -> None:
        """Notes of each sort: a tag, one that lasts, words, half a minute earlier, taken back."""
        room = self.room
        room.key("2")
        room.until(lambda s: len(s.notes) == 1, "a tag")
        room.key("shift+7")
        room.until(lambda s: len(s.notes) == 2, "an interval")
        room.key("n")
        room.type("the light is warm")
        room.key("Return")
        room.until(lambda s: len(s.notes) == 3, "a note")
        room.key("Left")
        room.until(lambda s: any(note.changes for note in s.notes), "half a minute earlier")
        room.key("shift+7")
        room.until(lambda s: any(note.end_ns for note in s.notes), "the end of the interval")
        room.key("j")
        room.key("BackSpace")
        room.until(lambda s: any(note.withdrawn for note in s.notes), "taken back")

    def dose(self) -> None:
        """The PIN of the opening still holds; an amount out of the range is asked about once more."""
        room = self.room
        room.key("d")
        time.sleep(0.5)
        room.type("35")
        room.key("shift+Tab", "shift+Tab", "space", "Left", "Left", "Left")
        room.key("Tab", "Tab", "Tab", "Tab")
        room.type("left deltoid")
        room.key("Tab")
        room.type("A7")
        self.picture("dose")
        room.key("Return")
        time.sleep(0.5)
        if not room.state().doses:
            room.key("Return")
        room.until(lambda s: s.doses, "a dose")
        self.picture("dosed")

    def score(self, *keys: str) -> None:
        """The scales that are due, by their numbers."""
        room = self.room
        before = len(room.state().care.scores)
        room.key("q")
        time.sleep(0.3)
        room.key(*keys)
        self.picture("scales")
        room.until(lambda s: len(s.care.scores) > before, "scores")
        room.key("Escape")
        time.sleep(0.3)

    def lock_and_unlock(self) -> None:
        room = self.room
        room.key("ctrl+shift+l")
        room.until(lambda _s: room.events(ScreenLocked), "locked")
        self.picture("locked")
        room.key("e")
        room.type(PIN)
        room.key("Return")
        room.until(lambda _s: room.events(ScreenUnlocked), "unlocked")

    def move_to(self, phase: Phase) -> None:
        room = self.room
        while room.state().phase is not phase:
            before = room.state().phase
            room.key("Next", down_s=0.8)
            room.until(lambda s, was=before: s.phase is not was, f"on to {phase}")

    def leave(self) -> None:
        """The list for leaving, each line answered, and they go home."""
        room = self.room
        self.picture("leaving")
        for check in ("dissociation", "breathing", "ride", "driving"):
            room.key("y")
            room.until(lambda s, about=check: answered(s.care, about), check)
            self.to_first_open()
        self.picture("ready-to-leave")
        room.key("Return", "Return")
        room.until(lambda s: s.care.left_t_ns, "gone home")

    def to_first_open(self) -> None:
        """Round the three steps and back: each opens at its first line that is left."""
        self.room.key("Tab", "Tab", "Tab")

    def fill_form(self) -> None:
        room = self.room
        self.picture("form")
        for number, field in enumerate(FIELDS, 1):
            room.key("y" if field.startswith("acceptable") else "x")
            room.until(lambda s, count=number: said(s.care) >= count, field)
            self.to_first_open()
        self.picture("form-done")

    def sign(self) -> None:
        room = self.room
        room.key("Tab", "Return")
        self.picture("sign-off")
        room.type("EF")
        room.key("Return")
        room.type("author")
        room.key("Return")
        room.type(PIN)
        room.key("Return")
        room.until(lambda _s: room.events(RecordSigned), "the signature")
        time.sleep(2)
        self.picture("closed")
        room.key("Return")
        assert room.program.process.wait(30) == 0


def answered(care: Care, check: str) -> bool:
    """Whether a check of the list for leaving has an answer."""
    return any(entry.text and entry.id.endswith(check) for entry in care.answers)


def said(care: Care) -> int:
    """How many fields of the form a person has answered."""
    return sum(entry.by == "EF" and entry.text in ("yes", "no") for entry in care.form)


def awake_is_wrong() -> bool:
    awake = Awake()
    awake.begin()
    try:
        return not awake.wait()
    finally:
        awake.end()


ASKED = ("screening", "consent", "medications", "boundaries", "escort")
QUESTIONS = tuple(each.id for each in asked(example().before))
ORDER = tuple(check for own in PLACE for check in (QUESTIONS if own is None else (own,)))
"""The lines of the opening page from top to bottom."""
FIELDS = (
    "benzodiazepines",
    "sedatives",
    "psychostimulants",
    "maois",
    "opioids",
    "acceptable-before",
    "acceptable-leaving",
    "sedation",
    "dissociation",
    "respiratory-depression",
    "serious",
)
WRONG_HERE = {Own.AWAKE: awake_is_wrong}


def run(room: LiveRoom, folder: Path) -> None:
    """The session, step by step."""
    session = Session(room)
    session.prepare()
    room.console(
        "--author", "EF", "--protocol", str(short_protocol(folder)), "--out", str(room.records / "a.kap")
    )
    room.until(lambda s: len(s.devices) == 2, "devices")
    time.sleep(3)
    session.identify()
    session.answer_checks()
    session.open()
    session.score("5", "2")
    session.note()
    session.dose()
    session.move_to(Phase.ONSET)
    session.lock_and_unlock()
    time.sleep(70)
    session.score("5", *"000000", "1")
    had = len(session.readings())
    session.await_readings(had + 1)
    time.sleep(60)
    session.move_to(Phase.DISCHARGE)
    time.sleep(1)
    session.leave()
    time.sleep(0.5)
    session.fill_form()
    session.sign()
    for verdict in ("verify", "rerun"):
        status, told = room.command(verdict, str(room.records / "a.kap"))
        print(told.strip())
        assert status == 0, verdict


def main(words: list[str] | None = None) -> int:
    """Run it; what is wrong ends it."""
    parser = argparse.ArgumentParser(description="a whole session by the keyboard, with pictures")
    parser.add_argument("--out", type=Path, default=Path("session-pictures"))
    parser.add_argument("--size", default="1920x1080")
    given = parser.parse_args(words)
    if missing_tools():
        parser.error(f"not installed: {', '.join(missing_tools())}")
    with tempfile.TemporaryDirectory(prefix="kap-session-") as name:
        folder = Path(name)
        with LiveRoom(folder, given.size, cuff="?cuff=on", pictures=given.out.absolute()) as room:
            run(room, folder)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
