"""The importer's core: files in, listings and problems out; the caller publishes them."""
