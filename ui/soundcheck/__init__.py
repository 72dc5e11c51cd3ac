"""The sound check: is each output of alarms heard, is the music free of them, is the bedside alarm on."""

from ui.soundcheck.page import SoundCheckPage as SoundCheckPage
