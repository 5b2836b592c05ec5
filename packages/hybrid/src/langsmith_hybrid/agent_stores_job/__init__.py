"""The program that gives agents their databases: run by a Job inside the cluster, never where Pulumi runs.

It is shipped as source to the cluster, and runs in the image agents are built from: it may use the standard library and
psycopg, which the Agent Server brings, and imports nothing of this package but itself.
"""
