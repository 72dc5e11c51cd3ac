"""Simulated devices that speak the real bytes; encoders are written apart from the decoders."""
