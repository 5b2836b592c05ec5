"""RDS: database instances, subnet groups and parameter groups."""

from __future__ import annotations

from langsmith_sandbox.providers.aws.resource import Call, Lookup, Naming, Resource, Update, Wait
from langsmith_sandbox.providers.aws.services import tagging

_INSTANCE = {"DBInstanceIdentifier": "identifier"}
_GONE = "DBInstanceNotFound DBInstanceNotFoundFault"

_MODIFIABLE = (
    "instanceClass allocatedStorage maxAllocatedStorage autoMinorVersionUpgrade backupRetentionPeriod backupWindow"
    " caCertIdentifier copyTagsToSnapshot databaseInsightsMode deletionProtection engineVersion"
    " iamDatabaseAuthenticationEnabled iops maintenanceWindow manageMasterUserPassword masterUserSecretKmsKeyId"
    " monitoringInterval monitoringRoleArn multiAz networkType parameterGroupName password"
    " performanceInsightsEnabled performanceInsightsKmsKeyId performanceInsightsRetentionPeriod publiclyAccessible"
    " storageThroughput storageType vpcSecurityGroupIds"
)
_FIXED = "identifier engine dbName username availabilityZone dbSubnetGroupName kmsKeyId storageEncrypted port"

INSTANCE = Resource(
    type="aws:rds/instance:Instance",
    service="rds",
    identity="DBInstance.DbiResourceId",
    naming=Naming(property="identifier", prefix="identifierPrefix", longest=63, lower=True),
    create=Call(
        "create_db_instance",
        takes=f"{_FIXED} {_MODIFIABLE}",
        members={"EnableCloudwatchLogsExports": "enabledCloudwatchLogsExports"},
    ),
    renamed={
        "iamDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
        "identifier": "DBInstanceIdentifier",
        "instanceClass": "DBInstanceClass",
        "parameterGroupName": "DBParameterGroupName",
        "backupWindow": "PreferredBackupWindow",
        "caCertIdentifier": "CACertificateIdentifier",
        "maintenanceWindow": "PreferredMaintenanceWindow",
        "password": "MasterUserPassword",
        "performanceInsightsEnabled": "EnablePerformanceInsights",
        "performanceInsightsKmsKeyId": "PerformanceInsightsKMSKeyId",
        "username": "MasterUsername",
    },
    read=Lookup(
        "describe_db_instances",
        members={"DBInstanceIdentifier": "identifier || id"},
        at="DBInstances[0]",
        ignores=_GONE,
    ),
    outputs={
        "address": "Endpoint.Address",
        "arn": "DBInstanceArn",
        "caCertIdentifier": "CACertificateIdentifier",
        "dbSubnetGroupName": "DBSubnetGroup.DBSubnetGroupName",
        "enabledCloudwatchLogsExports": "EnabledCloudwatchLogsExports",
        "endpoint": "Endpoint && join(':', [Endpoint.Address, to_string(Endpoint.Port)])",
        "engineVersion": "version_of(EngineVersion, engineVersion)",
        "engineVersionActual": "EngineVersion",
        "hostedZoneId": "Endpoint.HostedZoneId",
        "iamDatabaseAuthenticationEnabled": "IAMDatabaseAuthenticationEnabled",
        "latestRestorableTime": "`null`",  # it moves all the time, so every refresh would find a change
        "manageMasterUserPassword": "MasterUserSecret && `true` || `null`",
        "masterUserSecretKmsKeyId": "masterUserSecretKmsKeyId && MasterUserSecret.KmsKeyId",
        "masterUserSecrets": "MasterUserSecret && [MasterUserSecret]",
        "parameterGroupName": "DBParameterGroups[0].DBParameterGroupName",
        "performanceInsightsEnabled": "PerformanceInsightsEnabled",
        "port": "Endpoint.Port",
        "replicas": "ReadReplicaDBInstanceIdentifiers",
        "resourceId": "DbiResourceId",
        "status": "DBInstanceStatus",
        "vpcSecurityGroupIds": "VpcSecurityGroups[].VpcSecurityGroupId",
    },
    updates=(
        Update(
            _MODIFIABLE,
            Call(
                "modify_db_instance",
                takes=_MODIFIABLE,
                members={
                    **_INSTANCE,
                    "AllowMajorVersionUpgrade": "allowMajorVersionUpgrade",
                    "ApplyImmediately": "applyImmediately",
                },
                retries="InvalidDBInstanceState",
            ),
            empty={"deletionProtection": False, "maxAllocatedStorage": 0, "multiAz": False},
        ),
        Update(
            "enabledCloudwatchLogsExports",
            Call(
                "modify_db_instance",
                members={
                    **_INSTANCE,
                    "ApplyImmediately": "applyImmediately",
                    "CloudwatchLogsExportConfiguration": "{"
                    "EnableLogTypes: minus(enabledCloudwatchLogsExports, EnabledCloudwatchLogsExports),"
                    " DisableLogTypes: minus(EnabledCloudwatchLogsExports, enabledCloudwatchLogsExports)}",
                },
                retries="InvalidDBInstanceState",
            ),
            whole=True,
        ),
    ),
    write_only="password",
    local="allowMajorVersionUpgrade applyImmediately deleteAutomatedBackups finalSnapshotIdentifier skipFinalSnapshot",
    defaults={
        "applyImmediately": False,
        "autoMinorVersionUpgrade": True,
        "copyTagsToSnapshot": False,
        "deleteAutomatedBackups": True,
        "monitoringInterval": 0,
        "publiclyAccessible": False,
        "skipFinalSnapshot": False,
    },
    computed="allocatedStorage availabilityZone backupRetentionPeriod backupWindow caCertIdentifier"
    " databaseInsightsMode dbSubnetGroupName engineVersion iops kmsKeyId maintenanceWindow multiAz networkType"
    " parameterGroupName performanceInsightsKmsKeyId performanceInsightsRetentionPeriod port storageThroughput"
    " storageType username vpcSecurityGroupIds dbName engine storageEncrypted",
    volatile="engineVersionActual",
    replaced_by=f"{_FIXED} identifierPrefix",
    tagging=tagging.by_resource_name("DBInstanceArn", answer="TagList"),
    ready=Wait(
        "DBInstanceStatus",
        ready="available storage-optimization",
        failed="failed incompatible-network incompatible-parameters inaccessible-encryption-credentials storage-full",
        seconds=2400,
    ),
    gone=Wait("DBInstanceStatus", seconds=3600),
    delete=Call(
        "delete_db_instance",
        members={
            "DBInstanceIdentifier": "DBInstanceIdentifier",
            "DeleteAutomatedBackups": "deleteAutomatedBackups",
            "FinalDBSnapshotIdentifier": "!skipFinalSnapshot && finalSnapshotIdentifier || `null`",
            "SkipFinalSnapshot": "skipFinalSnapshot",
        },
        ignores=_GONE,
    ),
)

SUBNET_GROUP = Resource(
    type="aws:rds/subnetGroup:SubnetGroup",
    service="rds",
    identity="DBSubnetGroup.DBSubnetGroupName",
    naming=Naming(lower=True),
    create=Call("create_db_subnet_group", takes="name description subnetIds"),
    renamed={"name": "DBSubnetGroupName", "description": "DBSubnetGroupDescription"},
    read=Lookup(
        "describe_db_subnet_groups",
        members={"DBSubnetGroupName": "id"},
        at="DBSubnetGroups[0]",
        ignores="DBSubnetGroupNotFoundFault",
    ),
    outputs={"arn": "DBSubnetGroupArn", "subnetIds": "Subnets[].SubnetIdentifier"},
    updates=(
        Update(
            "subnetIds description",
            Call("modify_db_subnet_group", takes="subnetIds description", members={"DBSubnetGroupName": "id"}),
            whole=True,
        ),
    ),
    defaults={"description": "Managed by Pulumi"},
    replaced_by="name namePrefix",
    tagging=tagging.by_resource_name("DBSubnetGroupArn", answer="TagList"),
    delete=Call(
        "delete_db_subnet_group",
        members={"DBSubnetGroupName": "id"},
        ignores="DBSubnetGroupNotFoundFault",
        retries="InvalidDBSubnetGroupStateFault",
    ),
)

PARAMETER_GROUP = Resource(
    type="aws:rds/parameterGroup:ParameterGroup",
    service="rds",
    identity="DBParameterGroup.DBParameterGroupName",
    naming=Naming(lower=True),
    create=Call("create_db_parameter_group", takes="name description family"),
    renamed={
        "description": "Description",
        "family": "DBParameterGroupFamily",
        "name": "DBParameterGroupName",
    },
    read=Lookup(
        "describe_db_parameter_groups",
        members={"DBParameterGroupName": "id"},
        at="DBParameterGroups[0]",
        ignores="DBParameterGroupNotFound DBParameterGroupNotFoundFault",
    ),
    also={
        "userParameters": Lookup(
            "describe_db_parameters",
            members={"DBParameterGroupName": "id", "Source": "'user'"},
            at="Parameters[?ParameterValue].{name: ParameterName, value: ParameterValue, applyMethod: ApplyMethod}",
        )
    },
    outputs={"arn": "DBParameterGroupArn", "parameters": "userParameters"},
    updates=(
        Update(
            "parameters",
            Call(
                "reset_db_parameter_group",
                members={
                    "DBParameterGroupName": "id",
                    "Parameters": "minus_by(userParameters, parameters, 'name')[].{ParameterName: name,"
                    " ApplyMethod: applyMethod || 'pending-reboot'}",
                },
            ),
            whole=True,
            only_if="minus_by(userParameters, parameters, 'name')",
        ),
        Update(
            "parameters",
            Call(
                "modify_db_parameter_group",
                members={
                    "DBParameterGroupName": "id",
                    "Parameters": "parameters[].{ParameterName: name, ParameterValue: value,"
                    " ApplyMethod: applyMethod || 'immediate'}",
                },
            ),
            whole=True,
            after_create=True,
            only_if="parameters",
        ),
    ),
    local="skipDestroy",
    defaults={"description": "Managed by Pulumi"},
    replaced_by="name namePrefix family description",
    tagging=tagging.by_resource_name("DBParameterGroupArn", answer="TagList"),
    delete=Call(
        "delete_db_parameter_group",
        members={"DBParameterGroupName": "id"},
        ignores="DBParameterGroupNotFound DBParameterGroupNotFoundFault",
        retries="InvalidDBParameterGroupState",
    ),
)

RESOURCES = (INSTANCE, SUBNET_GROUP, PARAMETER_GROUP)
