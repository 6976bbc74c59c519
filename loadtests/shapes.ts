/** How hard and how long: the one place. Rates are per second, times in seconds. */
export type Shape = { rate: number; secs: number }

export const PROFILES = ['smoke', 'load'] as const
export type Profile = (typeof PROFILES)[number]

export const SMOKE_JOURNEYS = 5
export const LOAD: Shape = { rate: 50, secs: 60 }

/** Every this many orders one is followed to `paid`, for the latency of the whole way. */
export const FOLLOW_EVERY = 20

/** All orders of a run are settled within this many seconds after its end. */
export const SETTLE_WITHIN_SECS = 10

/** The share of arrivals that must have happened; k6 may lose one at either end of a run. */
export const ARRIVED = 0.99
