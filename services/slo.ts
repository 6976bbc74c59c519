import type { Slo } from './manifest.ts'

/** The share of requests that may fail: 0.001 for a 99.9 % objective, without float dust. */
export const errorBudget = ({ availability }: Slo): number =>
  Number((1 - availability).toPrecision(6))

/** Objectives of the platform as a whole. The times are bucket boundaries of their histograms. */
export const PLATFORM_SLOS = {
  /** Orders that come with their payment: paid or cancelled, with every effect known. */
  sagaSettled: { share: 0.995, withinSecs: 30 },
  /** From a message being written to its notification being made. */
  notificationFresh: { share: 0.99, withinSecs: 10 },
} as const
