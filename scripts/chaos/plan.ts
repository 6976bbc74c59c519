import { oneOf, pick, seeded } from './random.ts'

/** What somebody wants, and what becomes of it afterwards. */
export type Wish = {
  n: number
  atMs: number
  /** Carried by the order: it shows when one wish became two orders. */
  note: string
  customer: number
  dish: number
  quantity: number
  token?: string
  afterwards?: 'cancel at once' | 'cancel when paid' | 'pay by hand'
}

export type Fault = { atMs: number; target: string } & (
  | { what: 'kill' }
  | { what: 'pause'; forMs: number }
)

export type Plan = { seed: number; wishes: Wish[]; faults: Fault[] }

export const CUSTOMERS = 12
export const DISHES = 3

type Kind = Pick<Wish, 'token' | 'afterwards'>
const KINDS: readonly (readonly [Kind, number])[] = [
  [{ token: 'tok_ok' }, 52],
  [{ token: 'tok_declined' }, 7],
  [{ token: 'tok_flaky' }, 5],
  [{ token: 'tok_slow' }, 4],
  [{ token: 'tok_timeout' }, 2],
  [{ token: 'tok_ok', afterwards: 'cancel when paid' }, 8],
  [{ token: 'tok_ok', afterwards: 'cancel at once' }, 6],
  [{ afterwards: 'pay by hand' }, 8],
  // Nobody pays: it is cancelled when its time is up.
  [{}, 8],
]

/** Servers fall less often than services, and each takes everybody with it. */
const SERVERS = [
  ['rabbitmq', 2],
  ['postgres', 2],
  ['redis', 1],
] as const
const SERVICES_WEIGHT = 16
/** Longer than the lease of anything that leads. */
const PAUSE_MS = [1_000, 12_000] as const

/** The whole campaign, from its seed: the same again gives the same wishes and the same faults. */
export function planCampaign(campaign: {
  seed: number
  orders: number
  kills: number
  perSecond: number
  services: readonly string[]
}): Plan {
  const { seed, orders, kills, perSecond, services } = campaign
  const random = seeded(seed)
  const spanMs = (orders / perSecond) * 1_000
  const wishes = Array.from(
    { length: orders },
    (_, n): Wish => ({
      n,
      atMs: Math.round((n / perSecond) * 1_000),
      note: `chaos ${seed}/${n}`,
      customer: Math.floor(random() * CUSTOMERS),
      dish: Math.floor(random() * DISHES),
      quantity: 1 + Math.floor(random() * 3),
      ...pick(random, KINDS),
    }),
  )
  const faults = Array.from({ length: kills }, (_, k) => {
    // Spread over the time when orders come, each somewhere within its own share of it.
    const atMs = Math.round(((k + random()) / kills) * spanMs)
    return faultAt(atMs, random, services)
  })
  return { seed, wishes, faults }
}

function faultAt(atMs: number, random: () => number, services: readonly string[]): Fault {
  const target = pick(random, [...SERVERS, ['', SERVICES_WEIGHT] as const])
  if (target !== '') return { atMs, target, what: 'kill' }
  const [least, most] = PAUSE_MS
  const service = oneOf(random, services)
  if (random() < 0.7) return { atMs, target: service, what: 'kill' }
  const forMs = Math.round(least + random() * (most - least))
  return { atMs, target: service, what: 'pause', forMs }
}
