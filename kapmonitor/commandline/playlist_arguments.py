"""What `kapmonitor playlist` takes; nothing heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kapmonitor.commandline.parsing import command

if TYPE_CHECKING:
    from kapmonitor.commandline.parsing import Commands


def add(commands: Commands) -> None:
    """The command with its three actions."""
    playlist = command(
        commands,
        "playlist",
        "whether a playlist's files can be played and are the ones it names; make a playlist complete; look "
        "at a folder of music",
        "kapmonitor playlist check evening.xspf",
    )
    actions = playlist.add_subparsers(title="what", metavar="check|make|scan", dest="action", required=True)
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
