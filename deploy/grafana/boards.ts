import type { ServiceManifest } from '../../services/manifest.ts'
import type { Board } from './board.ts'
import { loadBoard } from './boards/load.ts'
import { nodeBoard } from './boards/node.ts'
import { overviewBoard } from './boards/overview.ts'
import { postgresBoard } from './boards/postgres.ts'
import { rabbitmqBoard } from './boards/rabbitmq.ts'
import { redisBoard } from './boards/redis.ts'
import { sagaBoard } from './boards/saga.ts'
import { serviceBoard } from './boards/service.ts'

/** Every board, in the order in which somebody in trouble would open them. */
export const boardsOf = (services: readonly ServiceManifest[]): Board[] => [
  overviewBoard(services),
  serviceBoard(services),
  sagaBoard,
  rabbitmqBoard,
  postgresBoard,
  redisBoard,
  nodeBoard,
  loadBoard,
]
