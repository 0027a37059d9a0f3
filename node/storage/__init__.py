"""What a node keeps: SQLite or PostgreSQL behind functions over a transaction.

`Database` (module `database`) opens it; every other module has the functions of one subject, each
taking the transaction first. How the tables hang together stands in `schema`.
"""
