"""A certificate from ACM, proven by a record in a Route 53 zone."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

# Seconds; the record is read by ACM alone, again at each renewal.
_PROOF_TTL = 300


def certificate(name: str, *, hostname: str, hosted_zone_id: str, opts: pulumi.ResourceOptions) -> pulumi.Output[str]:
    """ARN of an issued certificate for ``hostname``; ACM renews it as long as its record is in the zone."""
    requested = aws.acm.Certificate(name, domain_name=hostname, validation_method="DNS", opts=opts)
    proof = requested.domain_validation_options.apply(lambda options: options[0])
    record = aws.route53.Record(
        f"{name}-proof",
        zone_id=hosted_zone_id,
        name=proof.resource_record_name,
        type=proof.resource_record_type,
        records=[proof.resource_record_value],
        ttl=_PROOF_TTL,
        # One account proves one name by one record, whatever the number of certificates.
        allow_overwrite=True,
        opts=opts,
    )
    issued = aws.acm.CertificateValidation(
        name, certificate_arn=requested.arn, validation_record_fqdns=[record.fqdn], opts=opts
    )
    return issued.certificate_arn
