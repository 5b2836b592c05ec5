"""ElastiCache: replication groups of Valkey and Redis, with their parameter and subnet groups."""
