"""The sessions of one person side by side, each counted from its first dose."""
