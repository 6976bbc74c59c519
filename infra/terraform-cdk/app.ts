import { App } from 'cdktf'
import type { Environment } from './environments.ts'
import { BrokerStack } from './stacks/broker.ts'
import { BudgetStack } from './stacks/budget.ts'
import { CacheStack } from './stacks/cache.ts'
import { ClusterStack } from './stacks/cluster.ts'
import { DataStack } from './stacks/data.ts'
import { DeliveryStack } from './stacks/delivery.ts'
import { EntranceStack } from './stacks/entrance.ts'
import { KeysStack } from './stacks/keys.ts'
import { NetworkStack } from './stacks/network.ts'
import { RegistryStack } from './stacks/registry.ts'
import { SecretsStack } from './stacks/secrets.ts'
import type { Target } from './stacks/stack.ts'
import { StateStack } from './stacks/state.ts'

type Options = { outdir: string; environments: readonly Environment[]; emulator?: string }

/** Every stack of the environments, or the same stacks as an emulator at that URL can hold them. */
export function restofyApp({ outdir, environments, emulator }: Options): App {
  const app = new App({ outdir })
  for (const environment of environments) addEnvironment(app, { environment, emulator })
  return app
}

/** In the order in which they are first applied: nothing is kept before the state, and no role is made before its boundary. */
function addEnvironment(app: App, target: Target): void {
  const state = new StateStack(app, target)
  const delivery = new DeliveryStack(app, target)
  delivery.addDependency(state)
  const { deployRoleArn } = delivery
  const keyring = new KeysStack(app, target)
  const { keys } = keyring
  const ground = new NetworkStack(app, target, keys)
  const { network } = ground
  const others = [
    keyring,
    ground,
    new BudgetStack(app, target),
    new EntranceStack(app, target),
    new SecretsStack(app, target, keys),
    new RegistryStack(app, target, keys),
    new DataStack(app, target, keys, network),
    new CacheStack(app, target, keys, network),
    new BrokerStack(app, target, keys, network),
    new ClusterStack(app, target, { keys, network, deployRoleArn }),
  ]
  for (const stack of others) stack.addDependency(delivery)
}
