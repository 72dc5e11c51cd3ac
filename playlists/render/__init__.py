"""How the example music was made: `python -m playlists.render FOLDER` makes it again from its seed."""
