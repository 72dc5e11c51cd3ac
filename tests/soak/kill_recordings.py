"""`make soak`: one session killed again and again while somebody notes, doses and acknowledges; it goes on.

python tests/soak/kill_recordings.py [TIMES] [SEED]

Most kills come while values are shown, some while the program is still starting or taking the session up.
After each one nothing that was answered may be missing, and the file must be sound. At the end the session
is closed, and a rerun of its record must make the same alarms.
"""

import random
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "helpers"), str(Path(__file__).parents[2])]

from hard_session import PATIENCE, Hands, Life, bedside, end, gaps, life_s, percentile, waves_end_ns, wrong
from programs import run

EARLY = 0.2
"""The share of kills before the first value."""
START_UP_S = 2.0
SETTLED_S, MOST_MISSING_S = 1.0, 1.0 * PATIENCE
"""So long after the first value waves flow; from then on at most so much of them may be missing."""
MOST_GAP_OFF_S = 1.5 * PATIENCE
"""How much longer than the program was away a gap may be: what was not yet on disk, and taking up."""


@dataclass(slots=True)
class Outcome:
    """What one life and its end came to."""

    taken_up_s: float | None
    live_s: float | None
    gap_s: float | None
    missing_s: float | None = None
    wrong: list[str] = field(default_factory=list)


def live_and_die(path, devices, hands, rng, killed_ns):
    """One life of the session; the kill may come at any point of it."""
    with Life(path, *devices) as life:
        if killed_ns and rng.random() < EARLY:
            time.sleep(rng.uniform(0.0, START_UP_S))
        else:
            life.until(lambda told: "live" in told)
            hands.busy(life, life_s(rng))
        now_ns = time.monotonic_ns()
        end(life)
        hands.hear(life)
        begun = next((told for told in life.told() if "begun" in told), None)
        gap_s = begun["gap_s"] if begun is not None else None
        outcome = Outcome(life.after_s("begun"), life.after_s("live"), gap_s)
        outcome.wrong += [f"said: {line}" for line in life.errors[-1:]]
        if begun is not None and killed_ns:
            away_s = (begun["begun"] - killed_ns) / 1e9
            if not away_s - PATIENCE < begun["gap_s"] < away_s + MOST_GAP_OFF_S:
                outcome.wrong.append(f"away for {away_s:.1f} s, the gap says {begun['gap_s']:.1f} s")
    if outcome.live_s is not None and (now_ns - life.began_ns) / 1e9 > outcome.live_s + SETTLED_S:
        outcome.missing_s = (now_ns - waves_end_ns(path)) / 1e9
        if outcome.missing_s > MOST_MISSING_S:
            outcome.wrong.append(f"{outcome.missing_s:.2f} s of waves missing")
    return outcome


def session(folder, times, seed, say):
    """A session with so many kills, closed at its end: outcomes, and what was wrong at the end."""
    rng, path = random.Random(seed), folder / "session.kap"
    hands, outcomes, killed_ns, told = Hands(rng), [], 0, 0
    with ExitStack() as stack:
        devices = bedside(folder, stack)
        for number in range(times):
            outcome = live_and_die(path, devices, hands, rng, killed_ns)
            # One killed before anything of it was on disk leaves the record as it was: the gap goes on.
            found = len(gaps(path))
            if found > told or not number:
                killed_ns, told = time.monotonic_ns(), found
            outcome.wrong += wrong(path, hands.answered)
            outcomes.append(outcome)
            say(number, outcome, hands)
        close(path, hands)
    last = wrong(path, hands.answered, kind="intact")
    status, out, errors = run("rerun", path, timeout_s=300)
    if status != 0:
        last.append(f"rerun: {(out + errors).strip()}")
    return outcomes, last, gaps(path), hands, out


def close(path, hands):
    """The last life ends properly."""
    with Life(path) as life:
        life.until(lambda told: "live" in told)
        hands.busy(life, 2.0)
        life.say("quit")
        life.until(lambda told: "closed" in told)
        life.process.wait(20)
        life.drained()
        hands.hear(life)


def tell(number, outcome, hands):
    """One line for each kill."""
    words = [f"{number + 1:3}:"]
    for name, value in (
        ("taken up", outcome.taken_up_s),
        ("live", outcome.live_s),
        ("gap", outcome.gap_s),
        ("waves missing", outcome.missing_s),
    ):
        words.append(f"{name} {value:.2f} s" if value is not None else f"{name} -")
    words.append(f"{len(hands.answered)} of {hands.asked} entries answered")
    print("  ".join(words), "; ".join(outcome.wrong) or "ok", flush=True)


def spread(name, values):
    """How long something took, over all lives."""
    known = [value for value in values if value is not None]
    if not known:
        return f"{name}: never"
    p50, p95 = percentile(known, 0.5), percentile(known, 0.95)
    return f"{name}: p50 {p50:.2f} s, p95 {p95:.2f} s, most {max(known):.2f} s ({len(known)} times)"


def main(times, seed):
    """Run, print, and answer 1 if anything was not as it must be."""
    with tempfile.TemporaryDirectory() as name:
        outcomes, last, found, hands, rerun = session(Path(name), times, seed, tell)
    print(rerun.rstrip())
    bad = [line for outcome in outcomes for line in outcome.wrong] + last
    print(f"{times} kills (seed {seed}): {len(hands.answered)} entries answered of {hands.asked} asked")
    print(f"answered entries lost: {sum(line.startswith('lost') for line in bad)}; gaps stated: {len(found)}")
    print(spread("start to session taken up", [outcome.taken_up_s for outcome in outcomes[1:]]))
    print(spread("start to first value", [outcome.live_s for outcome in outcomes[1:]]))
    print(spread("waves missing", [outcome.missing_s for outcome in outcomes]))
    print("not as it must be: " + ("; ".join(bad) or "nothing"))
    return int(bool(bad))


if __name__ == "__main__":
    words = [int(word) for word in sys.argv[1:]]
    raise SystemExit(main(*(words + [100, 1][len(words) :])))
