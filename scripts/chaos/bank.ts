import type { Pool } from 'pg'
import { serviceUrls } from '../../deploy/host/ports.ts'
import type { Secrets } from '../../deploy/host/secrets.ts'
import { appDatabaseUrl } from '../../deploy/host/urls.ts'
import { acquirer } from '../../services/acquirer/service.ts'
import type { OrderState } from '../../services/contracts/order.ts'
import { cardNetwork } from '../../services/payment/card-network.ts'
import { paymentConsumers } from '../../services/payment/consumers.ts'
import type { PayDeps } from '../../services/payment/pay-order.ts'
import { resolvePending, watchPending } from '../../services/payment/resolve-pending.ts'
import { payment } from '../../services/payment/service.ts'
import { neighbour } from '../../services/platform/call.ts'
import type { Log } from '../../services/platform/log.ts'
import { createPool } from '../../services/platform/sql.ts'
import { hearing } from '../../services/platform/testing-hearing.ts'
import { profile } from './platform.ts'

const HOUR_MS = 3_600_000

/** One replica of the payment service as its manifest has it, without its doors. */
export type Teller = { deps: PayDeps; hear: ReturnType<typeof hearing>; pool: Pool }

/** Two replicas of the payment service, in this process, on a real database and the real card network. */
export function openBank(secrets: Secrets, log: Log) {
  const orders = new Map<string, OrderState>()
  const databaseUrl = appDatabaseUrl(profile, payment.name, secrets)
  const closings: (() => Promise<unknown>)[] = []

  function openTeller(): Teller {
    const pool = createPool(databaseUrl, log)
    const client = neighbour(payment.calls.find(({ service }) => service === acquirer.name)!, {
      origins: serviceUrls(acquirer, profile),
      apiKey: secrets.apiKey,
    })
    const deps = {
      ...{ pool, log, network: cardNetwork(client), now: () => new Date() },
      fetchOrder: async (id: string) => orders.get(id),
    }
    const watching = watchPending(deps)
    closings.push(watching.stop, client.close, () => pool.end())
    return { pool, deps, hear: hearing(pool, paymentConsumers(deps)) }
  }

  const tellers = [openTeller(), openTeller()] as const
  return {
    orders,
    tellers,
    /** What nobody has an answer to yet is asked about now. */
    resolveAll: () =>
      resolvePending({ ...tellers[0].deps, now: () => new Date(Date.now() + HOUR_MS) }),
    async close(): Promise<void> {
      for (const close of closings) await close()
    },
  }
}

export type Bank = ReturnType<typeof openBank>
