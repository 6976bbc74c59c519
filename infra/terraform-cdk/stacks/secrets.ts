import type { Construct } from 'constructs'
import { services } from '../../../services/catalogue.ts'
import type { Keys } from './keys.ts'
import { passwordSecret, secret } from './secret.ts'
import { RestofyStack, type Target } from './stack.ts'

/** What services prove themselves with. The passwords of stores are made beside the stores. */
export class SecretsStack extends RestofyStack {
  constructor(scope: Construct, target: Target, keys: Keys) {
    super(scope, 'secrets', target)
    const key = keys.data
    passwordSecret(this, 'api-key', { key })
    // A private key, which Terraform could only make by keeping it in its state: an operator puts it.
    secret(this, 'token-key', { key })
    for (const { name, needs } of services) {
      if (!needs.includes('postgres')) continue
      passwordSecret(this, `${name}-database-owner`, { key })
      passwordSecret(this, `${name}-database-app`, { key })
    }
  }
}
