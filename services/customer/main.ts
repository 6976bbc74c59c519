import { runService } from '#platform/run.ts'
import { broker } from '../topology.ts'
import { customerHandlers } from './app.ts'
import { customerConfig } from './config.ts'
import { cleanTokens } from './forget-expired.ts'
import { customerOperations } from './operations.ts'
import { sayAgain } from './say-again.ts'
import { customer } from './service.ts'
import { tokenIssuer } from './tokens.ts'

await runService(customer, broker, async (runtime) => {
  const { TOKEN_KEY } = customerConfig()
  const { TOKEN_ISSUER: issuer, TOKEN_AUDIENCE: audience } = runtime.config
  const tokens = await tokenIssuer(TOKEN_KEY, { issuer, audience })
  const now = () => new Date()
  return {
    operations: customerOperations,
    sayAgain: sayAgain(runtime),
    startWork: () => cleanTokens({ pool: runtime.pool, now }, runtime.log),
    handlers: customerHandlers(runtime, { tokens, now }),
  }
})
