"""moto knows the description of a rule only when the rule names addresses."""

from moto.ec2.models.security_groups import SecurityGroupRule


def install():
    SecurityGroupRule.description = property(
        lambda rule: (rule.ip_range or {}).get("Description")
        or (rule.source_group or {}).get("Description")
    )
