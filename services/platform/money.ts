import { z } from 'zod'

/** Far above any basket, and far below where adding cents as doubles loses one. */
const MAX_CENTS = 100_000_000

/** A decimal amount as v1 writes it (31.98), parsed into integer cents (3198). */
export const cents = z
  .number()
  .min(0)
  .max(MAX_CENTS / 100)
  .refine(hasTwoDecimals, 'has more than two decimals')
  .transform(toCents)

/** Integer cents as v1's decimal number. */
export const decimal = (amountCents: number): number => amountCents / 100

function toCents(amount: number): number {
  return Math.round(amount * 100)
}

// 31.98 * 100 is 3197.9999999999995: the nearest cent must give the very same double back.
function hasTwoDecimals(amount: number): boolean {
  return decimal(toCents(amount)) === amount
}
