"""Tables from databases: SQLite and DuckDB files, and servers by their address; reading only."""
