"""The report's tables about what people said, and about the record itself. No Qt."""

from __future__ import annotations

from collections.abc import Iterator

from kapmonitor.protocol.recorded import recorded
from kapmonitor.record.verify import DAMAGED
from kapmonitor.session.care import Score
from kapmonitor.session.notes import Change, Note
from ui import format as fmt
from ui.report import wording
from ui.report.facts import Facts
from ui.report.tables import Row, Table, Tone, listed


def notes(facts: Facts, *, dated: bool = True) -> Table:
    """Every note as it reads now; below it what it was before, who changed that and when.

    Without dates what came after the session has no time of day either.
    """
    ordered = sorted(facts.state.notes, key=lambda note: note.t_ns)
    rows = [_note(facts, note, dated=dated) for note in ordered]
    rows += [
        Row((facts.since(draft.t_ns), draft.text, draft.by), Tone.QUIET, below=(wording.DRAFTS,))
        for draft in facts.state.drafts
    ]
    return listed(wording.NOTES, (0.15, 0.66, 0.19), tuple(rows), wording.NONE)


def _note(facts: Facts, note: Note, *, dated: bool) -> Row:
    text = note.text or note.tag or _no_words(facts, note.kind)
    below = [_changed(facts, change, note, dated=dated) for change in note.changes]
    if note.lasts and note.end_ns is not None:
        below.insert(0, wording.LASTING.format(length=fmt.duration(note.end_ns - note.t_ns)))
    if note.late:
        below.insert(0, wording.LATER)
    tone = Tone.QUIET if note.withdrawn else Tone.PLAIN
    text = f"({text})" if note.withdrawn else text
    tones = (Tone.QUIET, Tone.ALERT if note.escalation and not note.withdrawn else tone, Tone.QUIET)
    return Row((facts.since(note.t_ns), text, note.by), tones=tones, below=tuple(below))


def _changed(facts: Facts, change: Change, note: Note, *, dated: bool) -> str:
    """What a note was before one of its changes."""
    at, who = _when(facts, change, dated=dated), change.by or wording.SOMEBODY
    because = wording.BECAUSE.format(reason=change.reason) if change.reason else ""
    after = note.changes[note.changes.index(change) + 1 :]
    text = after[0].text if after else note.text
    was = change.text or _no_words(facts, note.kind)
    withdrawn = after[0].withdrawn if after else note.withdrawn
    if withdrawn and not change.withdrawn:
        return wording.WITHDRAWN.format(at=at, who=who, text=was) + because
    if text == change.text and change.text:
        return wording.WAS_AT.format(at=at, who=who, before=facts.since(change.at_ns)) + because
    return wording.WAS.format(at=at, who=who, text=was) + because


def _when(facts: Facts, change: Change, *, dated: bool) -> str:
    """Within the session from the dose; afterwards by date and time."""
    if not change.utc_ns:
        return facts.since(change.t_ns)
    if not dated:
        return wording.SOME_TIME_AFTER
    local = facts.local_of_utc(change.utc_ns)
    return wording.AFTERWARDS.format(at=f"{local:%Y-%m-%d %H:%M}" if local is not None else "")


def music(facts: Facts) -> Table:
    """What sounded, from when, and for how long."""
    rows = []
    for span in facts.state.music:
        length = "" if span.t1_ns is None else fmt.duration(span.t1_ns - span.t0_ns)
        cells = (facts.since(span.t0_ns), span.title or span.section, span.section, length)
        rows.append(Row(cells, tones=(Tone.QUIET, Tone.PLAIN, Tone.QUIET, Tone.QUIET)))
    return listed(wording.MUSIC, (0.15, 0.45, 0.25, 0.15), tuple(rows), wording.NONE)


def form(facts: Facts) -> Table:
    """The form's fields in the clinic's words, each with the answer."""
    names = _field_names(facts)
    rows = tuple(
        Row(
            (names.get(entry.id, entry.id), entry.text or _no_words(facts, wording.NOTHING)),
            tones=(Tone.QUIET, Tone.STRONG),
            ruled=False,
        )
        for entry in facts.state.care.form
        if facts.state.care.without(entry.id) is None
    )
    rows += tuple(
        Row(
            (names.get(entry.id, entry.id), wording.LEFT_EMPTY.format(reason=entry.because)),
            Tone.QUIET,
            ruled=False,
        )
        for entry in facts.state.care.left_out
        if entry.because
    )
    return listed(wording.FORM, (0.5, 0.5), rows, wording.NONE)


def _no_words(facts: Facts, instead: str) -> str:
    """For an empty text: whether it was one, or had to stay behind."""
    return wording.NO_WORDS if facts.source.policy.deidentified else instead


def _field_names(facts: Facts) -> dict[str, str]:
    """From the protocol of the session, where this version understands it."""
    protocol = recorded(facts.state)
    if protocol is None or protocol.form is None:
        return {}
    return {each.id: each.text for section in protocol.form.sections for each in section.fields}


def scales(facts: Facts) -> Table:
    """Every score on a scale."""
    scores = sorted(facts.state.care.scores, key=lambda score: score.t_ns)
    replaced = {(each.scale, each.replaces_t_ns) for each in scores}
    rows = tuple(_score(facts, each, right=(each.scale, each.t_ns) in replaced) for each in scores)
    return Table(wording.SCALES, (0.2, 0.5, 0.3), rows)


def _score(facts: Facts, score: Score, *, right: bool) -> Row:
    """A score; one that was put right later stays, and says so."""
    cells = (facts.clock(score.t_ns), f"{score.scale} {score.score}", score.by)
    if right:
        return Row(cells, Tone.QUIET, below=(wording.PUT_RIGHT,), ruled=False)
    return Row(cells, tones=(Tone.QUIET, Tone.STRONG, Tone.QUIET), ruled=False)


def signatures(facts: Facts) -> Table:
    """Who signed, as what and when, and what became of each signature."""
    rows = tuple(
        Row((each.text,), Tone.ALERT if each.is_bad else Tone.PLAIN) for each in facts.verdict.signatures
    )
    off = facts.state.care.signed_off
    if off is not None and off.name:
        words = wording.SIGNED_WITH if off.user else wording.SIGNED_OFF
        rows = (Row((words.format(name=off.name, role=off.role, meaning=off.meaning),)), *rows)
    return listed(wording.SIGNATURES, (1.0,), rows, wording.UNSIGNED)


def missing(facts: Facts) -> Table:
    """What somebody would look for in the record and not find."""
    lines = list(_missing(facts))
    tone = Tone.ALERT if facts.verdict.kind == DAMAGED else Tone.PLAIN
    rows = tuple(Row((line,), tone) for line in lines)
    return listed(wording.MISSING, (1.0,), rows, wording.COMPLETE)


def _missing(facts: Facts) -> Iterator[str]:
    if facts.verdict.first_bad:
        yield facts.verdict.first_bad
    yield from facts.verdict.missing
    if not facts.source.has_values():
        yield wording.NO_VALUE_AT_ALL


def devices(facts: Facts) -> Table:
    """What measured."""
    found = {device.id: device for device in facts.state.devices}.values()
    rows = tuple(
        Row((device.label or device.id, " ".join(filter(None, (device.driver, device.model, device.serial)))))
        for device in found
    )
    return listed(wording.DEVICES, (0.3, 0.7), rows, wording.NONE)
