"""A head made by a script, and the stream that moves it."""
