"""Records: written, read, erased, and the feed of their changes."""
