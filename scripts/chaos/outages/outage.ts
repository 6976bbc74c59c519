import type { Profile } from '../../../deploy/host/profile.ts'
import type { Secrets } from '../../../deploy/host/secrets.ts'
import type { Facts } from '../../verify/facts.ts'
import type { Heard } from '../heard.ts'
import type { History, Line } from '../history.ts'

export type Scene = { profile: Profile; secrets: Secrets; history: History }

export type Figures = Readonly<Record<string, number>>

/** What is left when everything has settled; `heard` in the order of each consumer's log. */
export type End = {
  lines: readonly Line[]
  facts: Facts
  heard: readonly Heard[]
  figures: Figures
}

/** Says what did not hold. */
export type Promised = (end: End) => string[]

export type Outage = {
  what: string
  /** How long people order, and how many a second. */
  seconds: number
  perSecond: number
  /** Once the servers run and before any service does. */
  prepare?: (scene: Scene) => Promise<void>
  /** What is done to the platform from the first order on; what was measured. */
  happen: (scene: Scene) => Promise<Figures>
  mustHold: readonly Promised[]
}
