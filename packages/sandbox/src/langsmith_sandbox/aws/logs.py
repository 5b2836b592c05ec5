"""CloudWatch Logs: moto's, with keys that log groups can be given and taken away."""

from __future__ import annotations

from moto.core.responses import EmptyResult
from moto.logs.exceptions import InvalidParameterException, ResourceNotFoundException
from moto.logs.models import LogGroup
from moto.logs.responses import LogsResponse as MotoLogsResponse

from langsmith_sandbox.aws.kms import is_usable


class LogsResponse(MotoLogsResponse):
    """Handles one request."""

    def create_log_group(self) -> str:
        self._check_key()
        return super().create_log_group()

    def associate_kms_key(self) -> EmptyResult:
        self._check_key()
        self._group().kms_key_id = self._get_param("kmsKeyId")
        return EmptyResult()

    def disassociate_kms_key(self) -> EmptyResult:
        self._group().kms_key_id = None
        return EmptyResult()

    def _check_key(self) -> None:
        key = self._get_param("kmsKeyId")
        if key is not None and not is_usable(key):
            raise InvalidParameterException("The specified KMS Key Id could not be found.")

    def _group(self) -> LogGroup:
        name = self._get_param("logGroupName")
        if name not in self.logs_backend.groups:
            raise ResourceNotFoundException
        return self.logs_backend.groups[name]
