/** A check of checkov's that is allowed to fail: where, why, and until when somebody thinks again. */
export type Suppression = { check: string; in: RegExp; reason: string; until: string }
