"""What moto forgets of a database instance, and what it leaves out of a parameter."""

from moto.core.responses import ActionResult
from moto.rds.models import RDSBackend
from moto.rds.responses import RDSResponse

REMEMBERED = (
    "database_insights_mode",
    "engine_lifecycle_support",
    "performance_insights_kms_key_id",
    "performance_insights_retention_period",
)


def install():
    RDSBackend.create_db_instance = remembering(RDSBackend.create_db_instance)
    RDSResponse.describe_db_parameters = describe_db_parameters


def remembering(create):
    def handler(backend, given):
        database = create(backend, given)
        for attribute in REMEMBERED:
            if attribute in given:
                setattr(database, attribute, given[attribute])
        # moto and its parser spell the first word of these in their own ways.
        database.performance_insights_enabled = given.get("enable_performance_insights", False)
        return database

    return handler


def describe_db_parameters(response):
    """Whoever asks for the parameters that a user set finds none without their source."""
    name = response.params.get("DBParameterGroupName")
    groups = response.backend.describe_db_parameter_groups({"db_parameter_group_name": name})
    parameters = [{**parameter, "Source": "user"} for parameter in groups[0].parameters.values()]
    return ActionResult({"Parameters": parameters})
