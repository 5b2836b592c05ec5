"""ACM: certificates, and the wait until one is issued."""

from __future__ import annotations

from langsmith_sandbox.providers.aws.resource import Call, Lookup, Resource, Wait
from langsmith_sandbox.providers.aws.services import tagging

_GONE = "ResourceNotFoundException"
_READ = Lookup("describe_certificate", members={"CertificateArn": "id"}, at="Certificate", ignores=_GONE)

CERTIFICATE = Resource(
    type="aws:acm/certificate:Certificate",
    service="acm",
    identity="CertificateArn",
    create=Call("request_certificate", takes="domainName validationMethod subjectAlternativeNames"),
    read=_READ,
    outputs={
        "arn": "CertificateArn",
        "domainValidationOptions": "DomainValidationOptions[].{domainName: DomainName,"
        " resourceRecordName: ResourceRecord.Name, resourceRecordType: ResourceRecord.Type,"
        " resourceRecordValue: ResourceRecord.Value}",
        "validationMethod": "DomainValidationOptions[0].ValidationMethod",
    },
    computed="subjectAlternativeNames",
    replaced_by="domainName validationMethod subjectAlternativeNames",
    tagging=tagging.ACM_CERTIFICATE,
    delete=Call(
        "delete_certificate", members={"CertificateArn": "id"}, ignores=_GONE, retries="ResourceInUseException"
    ),
)

CERTIFICATE_VALIDATION = Resource(
    type="aws:acm/certificateValidation:CertificateValidation",
    service="acm",
    identity="certificateArn",
    create=Call("describe_certificate", members={"CertificateArn": "certificateArn"}),
    used="certificateArn",
    local="validationRecordFqdns",
    read=_READ,
    outputs={"certificateArn": "CertificateArn"},
    replaced_by="certificateArn validationRecordFqdns",
    ready=Wait("Status", ready="ISSUED", failed="FAILED VALIDATION_TIMED_OUT REVOKED", reason="FailureReason"),
    delete=None,
)

RESOURCES = (CERTIFICATE, CERTIFICATE_VALIDATION)
