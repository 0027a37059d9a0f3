"""Steps from each version's tables to the next, run by alembic."""
