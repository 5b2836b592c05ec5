"""EC2's network: moto's, with gateways that take time and deletions that respect who still uses what."""
