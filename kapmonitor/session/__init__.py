"""What people do in a session: events, phases, and the state folded from them."""
