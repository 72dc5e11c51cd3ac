"""What the command line leaves open, from this computer's settings and from the protocol they name."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from kapmonitor.config.load import beside, load_protocol, load_settings
from kapmonitor.places import made_folder, records_folder, settings_file
from kapmonitor.settings import Settings


def settle(arguments: argparse.Namespace) -> Settings:
    """Fill in the console's arguments that were not given; what was given wins. Returns what holds."""
    found = settle_outputs(arguments)
    settings = replace(found, author=found.author.said(arguments.author))
    arguments.author = settings.author.value
    arguments.backup = settings.records_backup.value
    arguments.idle_min = settings.idle_lock_min.value
    arguments.phones = settings.emergency_phones.value
    arguments.keep_awake = settings.hold_off_sleep.value
    arguments.protocol = arguments.protocol or settings.protocol.value or None
    if arguments.protocol:
        _from_protocol(arguments, Path(arguments.protocol))
    return settings


def settle_outputs(arguments: argparse.Namespace) -> Settings:
    """Fill in the sound outputs that were not given; what was given wins. Returns what holds."""
    found = load_settings(settings_file())
    settings = replace(
        found,
        staff_output=found.staff_output.said(arguments.staff_output),
        room_output=found.room_output.said(arguments.room_output),
        music_output=found.music_output.said(arguments.output),
    )
    arguments.staff_output = settings.staff_output.value
    arguments.room_output = settings.room_output.value
    arguments.output = settings.music_output.value
    return settings


def _from_protocol(arguments: argparse.Namespace, path: Path) -> None:
    """The limits and the music of the protocol, where the command line names none."""
    protocol = load_protocol(path)
    if arguments.limits is None and protocol.limits:
        arguments.limits = str(beside(path, protocol.limits))
    if arguments.playlist is None and protocol.playlist:
        arguments.playlist = str(beside(path, protocol.playlist))


def chosen_records_folder(settings: Settings) -> Path:
    """The folder of session records that the settings choose, made if it is not there."""
    chosen = settings.records_folder.value
    return made_folder(Path(chosen)) if chosen else records_folder()
