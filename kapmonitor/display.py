"""Whether a window could be shown here, found out before Qt would end the process over it."""

from __future__ import annotations

import sys
from collections.abc import Mapping


def no_display(environment: Mapping[str, str], platform: str = sys.platform) -> str:
    """Why no window can be shown; empty if one can."""
    if not platform.startswith("linux") or environment.get("QT_QPA_PLATFORM"):
        return ""
    if environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"):
        return ""
    return "there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set)"
