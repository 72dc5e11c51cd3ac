"""Cuffs that were due and not taken; `page` is where somebody says why."""
