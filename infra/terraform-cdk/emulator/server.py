"""An AWS of our own for tests: moto, and what the stacks need that moto lacks.

usage: python server.py -p 5000
"""

import os

# Without it the ARNs of AWS's own policies are unknown.
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")

from moto.server import main  # noqa: E402

import certificates  # noqa: E402
import eks  # noqa: E402
import elasticache  # noqa: E402
import rds  # noqa: E402
import security_groups  # noqa: E402
import tagging  # noqa: E402

for overlay in (certificates, eks, elasticache, rds, security_groups, tagging):
    overlay.install()

if __name__ == "__main__":
    main()
