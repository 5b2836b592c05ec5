"""A stand-in for the ``pulumi-resource-aws`` plugin: the same resource types and properties, made by boto3 calls.

What a resource is, is data: one table entry a resource, one module an AWS service under ``services``. The other modules
interpret such entries: ``check``, ``difference``, ``lifecycle``. Property names and types come from the ``pulumi_aws``
SDK, member names and types of the API from botocore's models, so that an entry only states what neither of them knows.
"""
