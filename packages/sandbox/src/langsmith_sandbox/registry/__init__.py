"""ECR's manners in front of distribution's registry: logins, repositories that must exist, tags that stay."""
