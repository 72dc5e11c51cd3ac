"""The Qt dashboard; the only package that knows Qt."""
