"""`kapmonitor forget`: delete a whole session, in two steps."""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

from kapmonitor.clock import utc_text
from kapmonitor.commandline.pins import ask
from kapmonitor.commandline.streams import say
from kapmonitor.commandline.unlocking import record_to_read
from kapmonitor.config.load import load_settings
from kapmonitor.errors import PeopleError, RecordError
from kapmonitor.people.book import PeopleBook
from kapmonitor.people.signature import Signer
from kapmonitor.people.staff import Staff, may_manage
from kapmonitor.places import default_records_folder, heads_ledger, people_file, settings_file
from kapmonitor.record import moves
from kapmonitor.record.forgetting import Known, delete, known_by, records_of
from kapmonitor.record.hold import Hold
from kapmonitor.record.tombstones import (
    Answer,
    Step,
    Stone,
    add,
    answer,
    is_signed,
    marked,
    public_name,
    signed,
    stones_file,
    stones_in,
)
from kapmonitor.settings import Settings


def run(arguments: argparse.Namespace) -> int:
    """0 done, 1 if something could not be deleted, 2 if it is refused."""
    file = stones_file(heads_ledger())
    book = PeopleBook(people_file())
    if arguments.list or not arguments.record:
        _list(stones_in(file), book.staff(), as_json=arguments.json)
        return 0
    path = record_to_read(arguments.record).absolute()
    settings = load_settings(settings_file())
    folders = _folders(settings)
    Hold(path).release()
    reason = _reason(arguments)
    signer = _admin(book, arguments.user)
    utc = utc_text(time.time_ns())
    known = known_by(path)
    mark = marked(stones_in(file), known.digest)
    stone = Stone("", known.session, public_name(path), known.digest, utc, signer.user.about.id, reason)
    if arguments.keep:
        return _keep(file, path, mark, stone, signer)
    days = settings.forget_days.value
    said = answer(mark, signer.user.about.id, utc, days, at_once=arguments.now)
    match said:
        case Answer.MARK:
            return _mark(file, path, stone, signer, days)
        case Answer.DELETE:
            records, others = records_of(path, folders)
            status = _delete(file, records, stone, signer)
            return max(status, _tell_others(others, known))
        case _:
            due = f"; marked by {mark.by} at {mark.utc}, {_due(mark.utc, days)}" if mark is not None else ""
            raise RecordError(str(path), f"is not deleted: {said.value}{due}")


def _folders(settings: Settings) -> tuple[Path, ...]:
    """Those of records and of copies; the second one must be there, so that no copy is left over."""
    records, second = settings.records_folder.value, settings.records_backup.value
    if second and not Path(second).is_dir():
        raise RecordError(second, "the second folder is not there; connect it first: copies may be in it")
    first = Path(records) if records else default_records_folder()
    return (first, *((Path(second),) if second else ()))


def _reason(arguments: argparse.Namespace) -> str:
    reason = " ".join(str(arguments.reason).split())
    if not reason or not reason.isprintable():
        raise RecordError(arguments.record, "say why with --reason; without names, as that line stays")
    return reason


def _admin(book: PeopleBook, user: str) -> Signer:
    if not user:
        admins = ", ".join(each.about.id for each in book.staff().admins)
        raise PeopleError("--as", f"name the admin who does this ({admins})")
    may_manage(book.staff().user(user))
    return book.unlock(user, ask(user), time.time_ns())


def _put(file: Path, stone: Stone) -> None:
    try:
        add(file, stone)
    except OSError as why:
        raise RecordError(str(file), f"cannot be written ({why.strerror}); nothing was done") from why


def _with(stone: Stone, step: Step, signer: Signer, left: int = 0) -> Stone:
    told = {**asdict(stone), "step": step.value, "left": left}
    return signed(Stone(**told), signer)


def _mark(file: Path, path: Path, stone: Stone, signer: Signer, days: float) -> int:
    _put(file, _with(stone, Step.MARKED, signer))
    print(f"{path}: marked for deletion, {_due(stone.utc, days)}")
    print("nothing is deleted yet; --keep takes the mark back")
    return 0


def _due(utc: str, days: float) -> str:
    due = datetime.fromisoformat(utc) + timedelta(days=days)
    return f"to be deleted from {due:%Y-%m-%d %H:%M} UTC on, or with --now by another admin"


def _keep(file: Path, path: Path, mark: Stone | None, stone: Stone, signer: Signer) -> int:
    if mark is None:
        raise RecordError(str(path), "is not marked for deletion")
    _put(file, _with(stone, Step.KEPT, signer))
    print(f"{path}: is kept, the mark was taken back")
    return 0


def _delete(file: Path, records: tuple[Path, ...], stone: Stone, signer: Signer) -> int:
    """The line comes first: what is deleted without one would be gone without a trace."""
    for record in records:
        Hold(record).release()
    _put(file, _with(stone, Step.DELETED, signer))
    left = (*delete(records), *_without_notes(stone.session))
    for record in records:
        print(f"{record}: deleted" if not record.exists() else f"{record}: NOT deleted")
    print(f"session {stone.session or 'unknown'}, digest {stone.digest}: the line that stays is in {file}")
    if left:
        _put(file, _with(stone, Step.DELETED, signer, len(left)))
        print(f"could not be deleted: {'; '.join(left)}; make that possible and delete them by hand")
    return int(bool(left))


def _without_notes(session: str) -> tuple[str, ...]:
    """Notes of where its record went name it, too."""
    try:
        if session:
            moves.forget(session, heads_ledger())
    except OSError as why:
        return (f"its lines in {moves.moves_ledger(heads_ledger())} ({why.strerror})",)
    return ()


def _tell_others(others: tuple[Path, ...], known: Known) -> int:
    """Files of the same name: those of other sessions, or, of a record that nothing reads, maybe copies."""
    if known.session or not others:
        return 0
    print(f"may be copies, look at them yourself: {', '.join(map(str, others))}")
    return 1


def _list(stones: tuple[Stone, ...], staff: Staff, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps([{**asdict(each), "valid": is_signed(each, staff)} for each in stones], indent=2))
        return
    if not stones:
        print("nothing was marked or deleted")
    for each in stones:
        sure = "signed" if is_signed(each, staff) else "SIGNATURE NOT VALID"
        left = f"  {each.left} files left" * bool(each.left)
        line = f"{each.utc}  {each.step}  {each.record}  session {each.session or 'unknown'}  by {each.by}"
        text = f"{line} ({sure}){left}  digest {each.digest}  {each.reason}"
        say(text)
