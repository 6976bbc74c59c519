import { App } from 'cdktf'
import type { Environment } from './environments.ts'
import { roleArn } from './names.ts'
import { BrokerStack } from './stacks/broker.ts'
import { CacheStack } from './stacks/cache.ts'
import { ClusterStack } from './stacks/cluster.ts'
import { DataStack } from './stacks/data.ts'
import { KeysStack } from './stacks/keys.ts'
import { NetworkStack } from './stacks/network.ts'
import { RegistryStack } from './stacks/registry.ts'
import { SecretsStack } from './stacks/secrets.ts'
import type { Target } from './stacks/stack.ts'

type Options = { outdir: string; environments: readonly Environment[]; emulator?: string }

/** Every stack of the environments, or the same stacks as an emulator at that URL can hold them. */
export function restofyApp({ outdir, environments, emulator }: Options): App {
  const app = new App({ outdir })
  for (const environment of environments) addEnvironment(app, { environment, emulator })
  return app
}

function addEnvironment(app: App, target: Target): void {
  const { keys } = new KeysStack(app, target)
  const { network } = new NetworkStack(app, target, keys)
  new SecretsStack(app, target, keys)
  new RegistryStack(app, target, keys)
  new DataStack(app, target, keys, network)
  new CacheStack(app, target, keys, network)
  new BrokerStack(app, target, keys, network)
  new ClusterStack(app, target, {
    keys,
    network,
    deployRoleArn: roleArn(target.environment, 'deploy'),
  })
}
