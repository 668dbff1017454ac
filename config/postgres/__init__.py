"""The database of development and tests: a PostgreSQL of our own, started when first needed.

- `server.py`: one server per folder, kept alive by the processes that use it;
- `programs.py`: where its programs come from;
- `base.py`: the Django database backend that starts it on the first connection.
"""
