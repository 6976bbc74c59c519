// The neighbours as they really behave, for saga-paths.test.ts: inventory's reservation of one order,
// payment's one payment for it. Their own tests hold them to it.

export type Neighbours = {
  stock: 'none' | 'reserved' | 'rejected' | 'committed' | 'released'
  money: 'none' | 'captured' | 'declined' | 'refunded'
  /** Nothing may be charged any more. */
  voided: boolean
}

/** What a neighbour may become, and what it says then. `again`: it fails, and the command comes once more. */
type Outcome = Partial<Neighbours> & { says?: string; again?: true }

const { stock, money, total } = {
  stock: (state: Neighbours['stock'], says?: string): Outcome => ({ stock: state, says }),
  money: (state: Neighbours['money'], says?: string): Outcome => ({ money: state, says }),
  total: 3198,
}

const outcomeOf = (state: Neighbours['money']): Outcome =>
  money(state, state === 'declined' ? 'payment.declined' : `payment.captured:${total}`)

export const NEIGHBOURS: Readonly<Record<string, (now: Neighbours) => Outcome[]>> = {
  'stock.reserve': (now) => {
    if (now.stock === 'none') {
      return [stock('reserved', 'stock.reserved'), stock('rejected', 'stock.rejected')]
    }
    const had = now.stock === 'reserved' || now.stock === 'committed'
    return [{ says: had ? 'stock.reserved' : 'stock.rejected' }]
  },
  'stock.commit': (now) => {
    if (now.stock === 'none') return [{ again: true }]
    const sold = now.stock === 'reserved' || now.stock === 'committed'
    return [sold ? stock('committed', 'stock.committed') : {}]
  },
  'stock.release': () => [stock('released', 'stock.released')],
  'payment.charge': (now) => {
    if (now.money !== 'none') return [outcomeOf(now.money)]
    return now.voided ? [{}] : [outcomeOf('captured'), outcomeOf('declined')]
  },
  'payment.refund': (now) => {
    const back = now.money === 'captured' || now.money === 'refunded'
    const says = `payment.refunded:${back ? total : 0}`
    return [{ voided: true, money: back ? 'refunded' : now.money, says }]
  },
}

/** By hand, while payment believes that the order can be paid. */
const byHand = (now: Neighbours): Outcome[] =>
  now.voided || (now.money !== 'none' && now.money !== 'declined')
    ? []
    : [outcomeOf('captured'), outcomeOf('declined')]

type Scene = { neighbours: Neighbours; mail: readonly string[] }

/** Every scene that may follow when this command arrives. */
export function act<S extends Scene>(scene: S, command: string): S[] {
  const outcomes = (NEIGHBOURS[command] ?? byHand)(scene.neighbours)
  return outcomes.map(({ says, again, ...change }) => ({
    ...scene,
    neighbours: { ...scene.neighbours, ...change },
    mail: [...scene.mail, ...(again ? [command] : says ? [says] : [])],
  }))
}
