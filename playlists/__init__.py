"""What music plays when; no Qt, no sound device."""
