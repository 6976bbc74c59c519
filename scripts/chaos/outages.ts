import { alarm } from './outages/alarm.ts'
import { broker } from './outages/broker.ts'
import { failover } from './outages/failover.ts'
import { flood } from './outages/flood.ts'
import type { Outage } from './outages/outage.ts'

/** One thing that goes wrong for longer than a moment, and what must hold all the same. */
export const OUTAGES: Readonly<Record<string, Outage>> = { broker, alarm, failover, flood }
