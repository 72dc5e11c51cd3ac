"""One module per device model, sans-I/O."""
