import { z } from 'zod'
import { readConfig } from '#platform/config.ts'
import { PAYMENT_WITHIN_MS } from './saga-steps.ts'

/** `PAYMENT_TIMEOUT_MS`: how long an order waits for `POST /payments` before it is cancelled. */
export const orderConfig = () =>
  readConfig({ PAYMENT_TIMEOUT_MS: z.coerce.number().int().min(100).default(PAYMENT_WITHIN_MS) })
