"""The playlist editor: what a list holds, where its files are, and how it would sound."""
