"""LangSmith Hybrid on AWS as one typed Pulumi program.

A Pulumi project needs two lines::

    from langsmith_hybrid.config import LangSmithConfig
    from langsmith_hybrid.stack import deploy

    deploy(LangSmithConfig.load())
"""
