"""What `kapmonitor playlist` takes; nothing heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kapmonitor.commandline.parsing import alarm_outputs, command, screenshot

if TYPE_CHECKING:
    from kapmonitor.commandline.parsing import Commands


def add(commands: Commands) -> None:
    """The command with its four actions."""
    playlist = command(
        commands,
        "playlist",
        "whether a playlist's files can be played and are the ones it names; make a playlist complete; look "
        "at a folder of music; edit a playlist",
        "kapmonitor playlist check evening.xspf",
    )
    actions = playlist.add_subparsers(
        title="what", metavar="check|make|scan|edit", dest="action", required=True
    )
    for action, text, file in (
        ("check", "every track that would be left out, and why", "PLAYLIST"),
        ("make", "a complete playlist of another one or of a folder: pinned, named and measured", "PLAYLIST"),
        ("scan", "every music file below a folder that cannot be played, and why", "FOLDER"),
    ):
        told = actions.add_parser(action, help=text, description=f"{text[0].upper()}{text[1:]}.")
        told.add_argument("file", metavar=file, help="TOML, XSPF, M3U, PLS or a folder")
        if action == "make":
            told.add_argument("--out", required=True, metavar="XSPF", help="the playlist to write")
            told.add_argument("--measure", action="store_true", help="measure loudness whatever the tags say")
        else:
            told.add_argument("--json", action="store_true", help="answer in JSON")
    _edit(actions)


def _edit(actions: Commands) -> None:
    text = "make or change a playlist in a window; listening is off while a session runs on this computer"
    edit = actions.add_parser("edit", help=text, description=f"{text[0].upper()}{text[1:]}.")
    edit.add_argument(
        "file",
        nargs="?",
        metavar="PLAYLIST",
        help="TOML, XSPF, M3U, PLS or a folder; a new list if left out, or if there is no such file",
    )
    edit.add_argument("--output", default="", metavar="NAME", help="the sound output for listening")
    alarm_outputs(edit)
    screenshot(edit)
