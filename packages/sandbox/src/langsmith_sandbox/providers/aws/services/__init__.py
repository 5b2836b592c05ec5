"""The resource tables, one module an AWS service, imported when a resource of that service is first used."""
