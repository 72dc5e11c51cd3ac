"""`make full-disk`: a session on a disk of 20 MB that is filled to the last byte; the program is killed, too.

python tests/soak/fill_disk.py [SECONDS] [SEED] [PATIENCE_S]

While the disk is full values still come and alarms still change, staff are told, and entries are kept without
being answered. With room again all of them are answered, and the waves have no gap. Then the same with the
program killed while the disk is full, and started again before there is room. Then with a second folder:
the record goes on there, the program is killed after that, and goes on with the record it finds.

With SECONDS 0 only the last part is done. PATIENCE_S is how long the disk fails until then, 10 if left out.
"""

import random
import sys
import tempfile
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "helpers"), str(Path(__file__).parents[2])]

from hard_session import PATIENCE, Hands, Life, end, entries, simulators, wrong
from programs import run
from small_disk import SmallDisk, why_not

from kapmonitor.record.verify import verify
from kapmonitor.unfinished import unfinished

TOLD_S, ANSWERED_S = 3.0 * PATIENCE, 5.0 * PATIENCE
"""How long after the last answer staff are told; until entries are answered once there is room."""
FULL = "The disk is full"


class Bench:
    """The session, what was answered, and what was not as it must be."""

    def __init__(self, disk, seed, say):
        self.disk, self.say = disk, say
        disk.folder.parent.joinpath("second").mkdir(exist_ok=True)
        self.second = disk.folder.parent / "second"
        self.path = disk.folder / "session.kap"
        self.hands = Hands(random.Random(seed))
        self.bad = []

    def must(self, true, text):
        """Say whether it is so."""
        self.say(f"{'ok ' if true else 'BAD'} {text}")
        if not true:
            self.bad.append(text)

    def filled(self, life):
        """Fill the disk; wait until staff are told."""
        taken = self.disk.fill()
        began_s = time.monotonic()
        self.must(self.disk.is_full(), f"the disk takes no further byte ({taken} bytes of ballast)")
        # SQLite first uses up the room that its log has in the file: until then entries are answered.
        answered, last_s = len(life.saved()), began_s
        while not any(told.get("problem", "").startswith(FULL) for told in life.told()[-5:]):
            if len(life.saved()) > answered:
                answered, last_s = len(life.saved()), time.monotonic()
            if time.monotonic() - last_s > 2 * TOLD_S:
                break
            self.hands.busy(life, 0.1)
        told_s, waited_s = time.monotonic() - began_s, time.monotonic() - last_s
        self.must(
            waited_s < TOLD_S, f"told {told_s:.1f} s after that, {waited_s:.1f} s after the last answer"
        )
        line = life.until(lambda told: FULL in told.get("line", ""))["line"]
        self.must("Make room" in line, f"status line: {line}")
        life.until(lambda told: any(each.startswith("record high") for each in told.get("alarms", ())))
        self.must(True, "a HIGH alarm says it")

    def watched(self, life, seconds):
        """The session with the disk full: what it said in that time."""
        before = len(life.told())
        self.hands.busy(life, seconds)
        return life.told()[before:]

    def kept(self, life, count):
        """With room again: everything asked is answered, and soon."""
        self.disk.make_room()
        began_s = time.monotonic()
        life.until(lambda _: len(life.saved()) >= count)
        took_s = time.monotonic() - began_s
        self.must(took_s < ANSWERED_S, f"all {count} entries are answered {took_s:.1f} s after there is room")
        life.until(lambda told: told.get("line", "").endswith("recording") and not told["problem"])


def full_for(bench, life, seconds, leave):
    """Fill, watch, let the second oximeter go, make room."""
    bench.hands.busy(life, 2.0)
    life.until(lambda _: len(life.saved()) >= bench.hands.asked)
    before = len(life.saved())
    bench.must(before == bench.hands.asked, f"{before} of {bench.hands.asked} entries answered before")
    bench.filled(life)
    leave()
    before, asked = len(life.saved()), bench.hands.asked
    told = bench.watched(life, seconds)
    flaps = sum(not each["problem"] for each in told if "problem" in each)
    bench.must(flaps == 0, f"it goes on being told ({flaps} times it was not)")
    values = [each for each in told if each.get("values")]
    bench.must(len(values) >= 0.8 * seconds / PATIENCE, f"values come: {len(values)} in {seconds:g} s")
    moved = {tuple(each["alarms"]) for each in told if "alarms" in each}
    gone = any(each.startswith("link:masimo") for alarms in moved for each in alarms)
    bench.must(gone, f"alarms change: {len(moved)} states, the lost oximeter among them")
    during = len(life.saved()) - before
    bench.must(during == 0, f"{during} of {bench.hands.asked - asked} entries answered while it was full")
    bench.kept(life, bench.hands.asked)


def _unplug(simulated):
    """Its port goes with it: another program's may get the same number of a terminal."""
    device, program = simulated
    program.kill()
    Path(device.partition("@")[2]).unlink()


def killed_when_full(bench, devices):
    """Fill, kill, look, start again with no room, make room."""
    with Life(bench.path, *devices) as life:
        life.until(lambda told: "live" in told)
        bench.hands.busy(life, 1.0)
        time.sleep(0.5)
        bench.filled(life)
        bench.watched(life, 3.0)
        end(life)
        bench.hands.hear(life)
    asked = bench.hands.asked
    bad = wrong(bench.path, bench.hands.answered)
    bench.must(not bad, f"killed while full: {'; '.join(bad) or 'opens, sound, nothing answered is lost'}")
    lost = asked - sum(entries(bench.path).values())
    bench.say(f"    entries asked while full and never answered: {lost} of them are gone")
    with Life(bench.path, *devices) as life:
        began = life.until(lambda told: "begun" in told)
        bench.must(
            began["gap_s"] is not None, f"taken up again while full after {life.after_s('begun'):.1f} s"
        )
        life.until(lambda told: "live" in told)
        bench.must(True, f"first value after {life.after_s('live'):.1f} s")
        life.until(lambda told: told.get("problem", "").startswith(FULL))
        bench.must(True, "and the full disk is told again")
        before = bench.hands.asked
        bench.hands.busy(life, 3.0)
        bench.kept(life, bench.hands.asked - before)
        life.say("quit")
        life.process.wait(20)
        life.drained()
        bench.hands.hear(life)


def session(folder, seconds, seed, say):
    """All of it; what was not as it must be."""
    with SmallDisk(folder) as disk, ExitStack() as stack:
        found = simulators(folder, stack)
        devices = [device for device, _ in found]
        bench = Bench(disk, seed, say)
        with Life(bench.path, *devices) as life:
            life.until(lambda told: "live" in told)
            full_for(bench, life, seconds, partial(_unplug, found[1]))
            no_gap(bench, bench.path)
            end(life)
            bench.hands.hear(life)
        killed_when_full(bench, devices)
        bad = wrong(bench.path, bench.hands.answered, kind="intact")
        bench.must(not bad, f"the closed record: {'; '.join(bad) or 'intact, nothing answered is lost'}")
        status, out, errors = run("rerun", bench.path)
        bench.must(status == 0, f"rerun: {(out + errors).strip().splitlines()[-1].strip()}")
        return bench.bad


def moved(bench, life, patience_s):
    """Fill; wait until the record is in the second folder, and everything asked is answered."""
    life.until(lambda told: "live" in told)
    bench.hands.busy(life, 2.0)
    bench.filled(life)
    began_s, heard = time.monotonic(), len(life.told())
    while not any("recording in" in told.get("line", "") for told in life.told()[-5:]):
        if time.monotonic() - began_s > patience_s + 20:
            break
        bench.hands.busy(life, 0.2)
    took_s = time.monotonic() - began_s
    values = [each for each in life.told()[heard:] if each.get("values")]
    line = next((told["line"] for told in life.told()[-5:] if "recording in" in told.get("line", "")), "")
    bench.must(line.endswith(f"recording in {bench.second}"), f"{took_s:.1f} s after it was told: {line}")
    bench.must(len(values) >= 0.8 * took_s, f"values came all the time: {len(values)} in {took_s:.1f} s")
    asked = bench.hands.asked
    life.until(lambda _: len(life.saved()) >= asked)
    bench.must(True, f"all {asked} entries are answered, those asked while it was full, too")
    calm = ("moved low", "record high")
    life.until(lambda told: [any(a.startswith(w) for a in told.get("alarms", ())) for w in calm] == [1, 0])
    bench.must(True, "a LOW alarm says where it is, and the HIGH one is over")


def killed_after_it_moved(bench, devices, patience_s):
    """The record goes to the second folder; kill; look; go on with what is found."""
    ledger = bench.second.parent / "sessions.heads"
    words = {"SECOND_FOLDER": str(bench.second), "LEDGER": str(ledger), "PATIENCE_S": str(patience_s)}
    with Life(bench.path, *devices, env=words) as life:
        moved(bench, life, patience_s)
        bench.hands.busy(life, 3.0)
        end(life)
        bench.hands.hear(life)
    new = bench.second / "session-moved.kap"
    bad = wrong(new, bench.hands.answered)
    bench.must(not bad, f"killed after that: {'; '.join(bad) or 'opens, sound, nothing answered is lost'}")
    no_gap(bench, new)
    found = unfinished(bench.path.parent, bench.second, ledger)
    bench.must(found is not None and found.path == new, "the record that moved is the one that is found")
    bench.disk.make_room()
    verdict = verify(bench.path, ledger)
    bench.must(verdict.kind == "interrupted", f"the one that was left: {verdict.kind}, {verdict.missing[:1]}")
    with Life(new, *devices, env=words) as life:
        began = life.until(lambda told: "begun" in told)
        bench.must(began["gap_s"] is not None, f"taken up after {life.after_s('begun'):.1f} s")
        life.until(lambda told: "live" in told)
        bench.hands.busy(life, 2.0)
        life.say("quit")
        life.process.wait(20)
        life.drained()
        bench.hands.hear(life)
    bad = wrong(new, bench.hands.answered, kind="intact")
    bench.must(not bad, f"the closed record: {'; '.join(bad) or 'intact, nothing answered is lost'}")


def with_second_folder(folder, seed, patience_s, say):
    """On a disk of its own; what was not as it must be."""
    folder.mkdir()
    with SmallDisk(folder) as disk, ExitStack() as stack:
        devices = [device for device, _ in simulators(folder, stack)]
        bench = Bench(disk, seed, say)
        killed_after_it_moved(bench, devices, patience_s)
        return bench.bad


def no_gap(bench, path):
    """Nothing of the time when the disk was full is missing."""
    gaps = [line for line in verify(path).missing if "nothing for" in line]
    bench.must(not gaps, f"no waves are missing from when it was full {gaps or ''}")


def tell(line):
    """While it runs."""
    print(line, flush=True)


def main(seconds, seed, patience_s):
    """Run, print, and answer 1 if anything was not as it must be."""
    if reason := why_not():
        print(f"not done: {reason}")
        return 0
    with tempfile.TemporaryDirectory() as name:
        bad = session(Path(name), seconds, seed, tell) if seconds else []
        bad += with_second_folder(Path(name) / "two", seed, patience_s, tell)
    print("not as it must be: " + ("; ".join(bad) or "nothing"))
    return int(bool(bad))


if __name__ == "__main__":
    words = [int(word) for word in sys.argv[1:]]
    raise SystemExit(main(*(words + [60, 1, 10][len(words) :])))
