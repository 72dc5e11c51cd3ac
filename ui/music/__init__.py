"""The music of the session: one decoded and mixed stream on one named output, and its panel."""
