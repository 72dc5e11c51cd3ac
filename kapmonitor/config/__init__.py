"""Files of a clinic and of this computer: found, read, and checked. What they mean is elsewhere."""
