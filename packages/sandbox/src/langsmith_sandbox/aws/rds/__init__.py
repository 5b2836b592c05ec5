"""RDS: moto's instances, with states that take time, groups that know who uses them, and a secret worth the name."""
