"""The number tiles: heart rate, saturation with its pleth, blood pressure."""
