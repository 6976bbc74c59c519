import { z } from 'zod'

export type Line = { menuItemId: string; quantity: number }

/** `available` null: made to order, never runs out. */
export const Stock = z.object({
  menuItemId: z.uuid(),
  available: z.int().nullable(),
  reserved: z.int(),
})
export type Stock = z.infer<typeof Stock>

export type Reservation = {
  orderId: string
  status: 'reserved' | 'rejected' | 'released' | 'committed'
  lines: readonly Line[]
}

/** What a reservation does to the shelf, item by item: added to `available` and to `reserved`. */
export type Move = { menuItemId: string; available: number; reserved: number }

/** The items that cannot be had in the wanted number. */
export function missing(lines: readonly Line[], stock: readonly Stock[]): string[] {
  const byId = new Map(stock.map((row) => [row.menuItemId, row]))
  return lines
    .filter(({ menuItemId, quantity }) => {
      const row = byId.get(menuItemId)
      return !row || (row.available !== null && row.available < quantity)
    })
    .map(({ menuItemId }) => menuItemId)
}

/** Off the shelf, into the reservation. */
export const reserve = (lines: readonly Line[]): Move[] =>
  lines.map(({ menuItemId, quantity }) => ({
    menuItemId,
    available: -quantity,
    reserved: quantity,
  }))

/** Sold: it leaves the reservation for good. */
export const commit = ({ lines }: Reservation): Move[] =>
  lines.map(({ menuItemId, quantity }) => ({ menuItemId, available: 0, reserved: -quantity }))

/** Back to the shelf: from the reservation, or from the sale when it was already committed. */
export function release({ status, lines }: Reservation): Move[] {
  if (status !== 'reserved' && status !== 'committed') return []
  const held = status === 'reserved' ? 1 : 0
  return lines.map(({ menuItemId, quantity }) => ({
    menuItemId,
    available: quantity,
    reserved: -quantity * held,
  }))
}
