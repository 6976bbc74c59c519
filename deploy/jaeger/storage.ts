/** Where traces are: forgotten on restart, on a disk of one Jaeger, or in a service of its own. */
export type JaegerStorage =
  | { kind: 'memory'; maxTraces: number }
  | { kind: 'badger'; directory: string; keepHours: number }
  | { kind: 'opensearch'; url: string }

// About 1 kB per span and 20 spans per order: 2,000 traces are some 40 MB.
export const HOST_STORAGE: JaegerStorage = { kind: 'memory', maxTraces: 2_000 }

/** For one replica with a volume: badger locks its files, so the old one has to end before the new one starts. */
export const KIND_STORAGE: JaegerStorage = { kind: 'badger', directory: '/badger', keepHours: 48 }

export function backendOf(storage: JaegerStorage): Record<string, object> {
  switch (storage.kind) {
    case 'memory':
      return { memory: { max_traces: storage.maxTraces } }
    case 'badger':
      return {
        badger: {
          directories: {
            keys: `${storage.directory}/keys`,
            values: `${storage.directory}/values`,
          },
          ephemeral: false,
          ttl: { spans: `${storage.keepHours}h` },
        },
      }
    case 'opensearch':
      // Who may write is decided by the network and the domain's policy: there is no password here.
      return { opensearch: { server_urls: [storage.url] } }
  }
}
