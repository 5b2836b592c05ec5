"""A stand-in for the AWS load balancer controller: Gateways and Ingresses in, load balancers and statuses out."""
