"""Who works on this computer, and what they sign."""
