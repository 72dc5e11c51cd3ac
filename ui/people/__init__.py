"""Who is at the keys and in the room; PINs, and the lock of the screen."""
