"""The servers behind RDS and ElastiCache endpoints: real PostgreSQL and real Valkey, with TLS, on loopback."""
