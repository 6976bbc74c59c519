import { MqBroker } from '@cdktf/provider-aws/lib/mq-broker/index.js'
import { Fn } from 'cdktf'
import type { Construct } from 'constructs'
import { named } from '../names.ts'
import type { Keys } from './keys.ts'
import type { Network } from './network.ts'
import { passwordIn, passwordSecret } from './secret.ts'
import { RestofyStack, type Target } from './stack.ts'

/** RabbitMQ, where every queue is a quorum queue: its default since 4. */
export class BrokerStack extends RestofyStack {
  constructor(scope: Construct, target: Target, keys: Keys, network: Network) {
    super(scope, 'broker', target)
    const { environment } = target
    const { instanceType, cluster } = environment.broker
    const password = passwordIn(passwordSecret(this, 'rabbitmq', { key: keys.data }))
    const broker = new MqBroker(this, 'rabbitmq', {
      brokerName: named(environment, 'rabbitmq'),
      engineType: 'RabbitMQ',
      engineVersion: '4.2',
      hostInstanceType: instanceType,
      deploymentMode: cluster ? 'CLUSTER_MULTI_AZ' : 'SINGLE_INSTANCE',
      subnetIds: cluster ? network.dataSubnetIds : network.dataSubnetIds.slice(0, 1),
      securityGroups: [network.storeGroups.rabbitmq],
      publiclyAccessible: false,
      autoMinorVersionUpgrade: true,
      logs: { general: true },
      maintenanceWindowStartTime: { dayOfWeek: 'TUESDAY', timeOfDay: '03:00', timeZone: 'UTC' },
      user: [{ username: 'restofy', password }],
      // A changed user is a new broker to Terraform: passwords are changed in RabbitMQ itself.
      lifecycle: { ignoreChanges: ['user'] },
    })
    const { endpoints, consoleUrl } = broker.instances.get(0)
    this.output('rabbitmq_endpoint', Fn.element(endpoints, 0))
    this.output('rabbitmq_console', consoleUrl)
  }
}
