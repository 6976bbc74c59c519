import { DbInstance } from '@cdktf/provider-aws/lib/db-instance/index.js'
import { DbParameterGroup } from '@cdktf/provider-aws/lib/db-parameter-group/index.js'
import { DbSubnetGroup } from '@cdktf/provider-aws/lib/db-subnet-group/index.js'
import type { Construct } from 'constructs'
import { type PostgresServer, servicesOn } from '../environments.ts'
import { named } from '../names.ts'
import type { Keys } from './keys.ts'
import { logGroup } from './log-group.ts'
import type { Network } from './network.ts'
import { serviceRole } from './role.ts'
import { RestofyStack, type Target } from './stack.ts'
import { STORE_PORTS } from './stores.ts'

const MAJOR = '18'

// Per server: a statement slower than this is worth a line, a transaction older than this is a bug.
const PARAMETERS = [
  { name: 'rds.force_ssl', value: '1' },
  { name: 'log_min_duration_statement', value: '500' },
  { name: 'log_statement', value: 'ddl' },
  { name: 'idle_in_transaction_session_timeout', value: '60000' },
  {
    name: 'shared_preload_libraries',
    value: 'pg_stat_statements',
    applyMethod: 'pending-reboot',
  },
]

type Shared = { keys: Keys; network: Network; subnets: string; parameters: string; monitor: string }

/** The database servers. Services' databases and roles are made inside, by the cluster's migration jobs. */
export class DataStack extends RestofyStack {
  constructor(scope: Construct, target: Target, keys: Keys, network: Network) {
    super(scope, 'data', target)
    const { environment } = target
    const name = named(environment, 'postgres')
    const subnets = new DbSubnetGroup(this, 'subnets', { name, subnetIds: network.dataSubnetIds })
    const parameters = new DbParameterGroup(this, 'parameters', {
      name,
      family: `postgres${MAJOR}`,
      parameter: PARAMETERS,
    })
    const monitor = serviceRole(this, 'database-monitoring', {
      service: 'monitoring.rds.amazonaws.com',
      policies: ['service-role/AmazonRDSEnhancedMonitoringRole'],
    })
    const shared = {
      keys,
      network,
      subnets: subnets.name,
      parameters: parameters.name,
      monitor: monitor.arn,
    }
    const servers = environment.postgres.map((server) => {
      const { address, port, username, masterUserSecret } = postgres(this, server, shared)
      return {
        host: address,
        port,
        user: username,
        secret_arn: masterUserSecret.get(0).secretArn,
        services: servicesOn(server, environment),
      }
    })
    this.output('postgres_servers', servers)
  }
}

function postgres(stack: RestofyStack, server: PostgresServer, shared: Shared): DbInstance {
  const { environment } = stack
  const { keys, network, monitor } = shared
  const identifier = named(environment, server.name)
  const logs = ['postgresql', 'upgrade'].map((log) =>
    logGroup(stack, `${server.name}-${log}-log`, {
      name: `/aws/rds/instance/${identifier}/${log}`,
      key: keys.logs,
    }),
  )
  return new DbInstance(stack, server.name, {
    identifier,
    engine: 'postgres',
    engineVersion: MAJOR,
    engineLifecycleSupport: 'open-source-rds-extended-support-disabled',
    instanceClass: server.instanceClass,
    storageType: 'gp3',
    allocatedStorage: server.storageGb,
    maxAllocatedStorage: server.maxStorageGb,
    multiAz: server.multiAz,
    port: STORE_PORTS.postgres[0],
    publiclyAccessible: false,
    dbSubnetGroupName: shared.subnets,
    vpcSecurityGroupIds: [network.storeGroups.postgres],
    parameterGroupName: shared.parameters,
    caCertIdentifier: 'rds-ca-rsa2048-g1',
    storageEncrypted: true,
    kmsKeyId: keys.data,
    username: 'restofy',
    // RDS writes and rotates it in Secrets Manager: it never enters Terraform's state.
    manageMasterUserPassword: true,
    masterUserSecretKmsKeyId: keys.data,
    iamDatabaseAuthenticationEnabled: true,
    autoMinorVersionUpgrade: true,
    backupRetentionPeriod: environment.backupDays,
    copyTagsToSnapshot: true,
    ...safekeeping(environment.protected, identifier),
    monitoringInterval: 60,
    monitoringRoleArn: monitor,
    databaseInsightsMode: 'standard',
    performanceInsightsEnabled: true,
    performanceInsightsKmsKeyId: keys.data,
    performanceInsightsRetentionPeriod: 7,
    enabledCloudwatchLogsExports: ['postgresql', 'upgrade'],
    dependsOn: logs,
  })
}

const safekeeping = (guarded: boolean, identifier: string) => ({
  deletionProtection: guarded,
  deleteAutomatedBackups: !guarded,
  skipFinalSnapshot: !guarded,
  ...(guarded ? { finalSnapshotIdentifier: `${identifier}-final` } : {}),
})
