"""The dashboard, the overlay and the commands: all of it served by this program, on one port, to this computer alone.

`server` listens and lets in or refuses, `pages` are the files it gives out, `live` is one dashboard that is open,
`controls` does what a dashboard or a command asks for, `status` is what a dashboard is told.
"""
