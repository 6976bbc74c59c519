import type { Slo } from './manifest.ts'

/** The share of requests that may fail: 0.001 for a 99.9 % objective, without float dust. */
export const errorBudget = ({ availability }: Slo): number =>
  Number((1 - availability).toPrecision(6))
