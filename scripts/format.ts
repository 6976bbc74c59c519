export const megabytes = (bytes: number): string => `${Math.round(bytes / 1_048_576)} MB`

/** 42 s, 3 m 12 s, 5 h 2 m. */
export function duration(ms: number): string {
  const seconds = Math.floor(ms / 1_000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} m ${seconds % 60} s`
  return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} m`
}
