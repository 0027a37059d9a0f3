"""Who may sign what: the registry, the TUF files that carry it, and how they are made."""
