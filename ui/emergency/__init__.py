"""The emergency card: whom to call, the last values with their age, what was given when."""
