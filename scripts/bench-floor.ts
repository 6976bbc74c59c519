// The least a hop could be, started by bench-menu.ts: Node's own HTTP server, and bytes it has in hand.
// usage: node scripts/bench-floor.ts BYTES
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const body = Buffer.alloc(Number(process.argv[2]), 'x')
const headers = { 'content-type': 'application/json', 'content-length': body.length }
const server = createServer((_req, res) => res.writeHead(200, headers).end(body))
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('disconnect', () => process.exit(0))
