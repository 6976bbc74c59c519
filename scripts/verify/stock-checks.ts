import type { Facts, Finding, Line, Witness } from './facts.ts'

/** Nothing leaves the shelf but what is reserved or sold, and each order has the basket it paid for. */
export function stock({ snapshots, reservations, stock }: Facts, { shelf }: Witness): Finding[] {
  const reserved = countOf(reservations, 'reserved')
  const sold = countOf(reservations, 'committed')
  const items = stock.flatMap((row): Finding[] => {
    const held = reserved.get(row.menuItemId) ?? 0
    if (row.reserved !== held) {
      const what = `${row.reserved} are set aside, reservations say ${held}`
      return [{ what, ids: [row.menuItemId] }]
    }
    const opening = shelf[row.menuItemId]
    if (opening === undefined || row.available === null) return []
    const now = row.available + held + (sold.get(row.menuItemId) ?? 0)
    if (now === opening) return []
    return [{ what: `${opening} lay there, ${now} are accounted for`, ids: [row.menuItemId] }]
  })
  const status = new Map(reservations.map((row) => [row.orderId, row.status]))
  const baskets = snapshots.flatMap(({ id, state }): Finding[] => {
    const wrong = state.status === 'cancelled' && status.get(id) === 'committed'
    return wrong ? [{ what: 'a cancelled order keeps what it had bought', ids: [id] }] : []
  })
  return [...items, ...baskets]
}

function countOf(reservations: Facts['reservations'], status: string): Map<string, number> {
  const counts = new Map<string, number>()
  const lines = reservations
    .filter((row) => row.status === status)
    .flatMap((row): readonly Line[] => row.lines)
  for (const { menuItemId, quantity } of lines) {
    counts.set(menuItemId, (counts.get(menuItemId) ?? 0) + quantity)
  }
  return counts
}
