"""Copies from one instance to another: `survey` reads what is to come along, `settling` decides what of it is new.

`copy_plan` says what is going to be made and what is left behind, `verb` carries it out: channels, then videos, then
`copied_playlists`. What becomes of one thing is in `kinds/copying`.
"""
