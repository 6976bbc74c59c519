import type { Pool } from 'pg'
import { batched } from '#platform/batched.ts'
import type { Log } from '#platform/log.ts'
import { appendMessages } from '#platform/outbox.ts'
import { inTransaction } from '#platform/sql.ts'
import { type Letter, letter } from './mail.ts'
import { dropUnsent, failUnsent, findUnsent, removeSent, type UnsentMail } from './mail-store.ts'
import { mailDropped, mailGivenUp, mailSent, mailTriedInVain } from './observe.ts'

export type MailDeps = {
  pool: Pool
  log: Log
  from: string
  /** Hands a letter over; rejects with `responseCode` as SMTP has it. */
  send: (letter: Letter) => Promise<unknown>
}

/** `final`: there will be no other try. */
export type SendMail = (notificationId: string, options: { final: boolean }) => Promise<Ending>

/** `hopeless`: another try would get the same answer. */
export type Ending = 'sent' | 'hopeless' | 'nothing to send'

/** Mails of one moment share their statements. */
const TOGETHER_MS = 10

/**
 * Sends one mail and crosses it off. In this order: a crash in between sends it twice, under one message
 * id, where the other order would lose it. What is not to be sent any more is no error, nor is a mail for
 * somebody who has left: it is dropped. Throws what the
 * transport throws, unless it is hopeless.
 */
export function mailSender({ pool, log, from, send }: MailDeps): SendMail {
  const find = batched(TOGETHER_MS, async (ids: readonly string[]) => {
    const found = new Map((await findUnsent(pool, ids)).map((mail) => [mail.id, mail]))
    return (id) => found.get(id)
  })
  const crossOff = batched(TOGETHER_MS, async (mails: readonly UnsentMail[]) => {
    await removeSent(pool, mails)
    return () => {}
  })

  return async (id, { final }) => {
    const mail = await find(id)
    if (!mail) return 'nothing to send'
    if (mail.hasLeft) {
      if (await dropUnsent(pool, id)) mailDropped(log, mail)
      return 'nothing to send'
    }
    try {
      if (!mail.recipient) throw new NoAddress('no address is known')
      await send(letter(from, mail.recipient, mail))
    } catch (error) {
      const hopeless = isRefusal(error)
      if (!final && !hopeless) {
        mailTriedInVain(log, mail, reasonOf(error))
        throw error
      }
      await giveUp({ pool, log }, mail, error)
      return 'hopeless'
    }
    await crossOff(mail)
    mailSent(log, mail)
    return 'sent'
  }
}

class NoAddress extends Error {
  override name = 'NoAddress'
}

// RFC 5321: 5yz is a permanent refusal, 4yz asks for another try.
const isRefusal = (error: unknown): boolean =>
  ((error as { responseCode?: number }).responseCode ?? 0) >= 500

async function giveUp(
  { pool, log }: Pick<MailDeps, 'pool' | 'log'>,
  { id, customerId, kind }: UnsentMail,
  error: unknown,
): Promise<void> {
  const reason = reasonOf(error)
  const fresh = await inTransaction(pool, async (tx) => {
    const given = await failUnsent(tx, id, reason)
    const payload = { notificationId: id, customerId, kind }
    // No version counts the tries of a notification: the second failure of one is news of its own.
    if (given)
      appendMessages(tx, [{ name: 'notification.failed', aggregateId: id, version: 1, payload }])
    return given
  })
  if (fresh) mailGivenUp(log, { id, kind }, reason)
}

/** A mail server's answer quotes the address it refuses. */
const reasonOf = (error: unknown): string => {
  const { responseCode, code, name, message } = error as Error & {
    responseCode?: number
    code?: string
  }
  if (responseCode) return `the mail server answered ${responseCode}`
  return error instanceof NoAddress ? message : (code ?? name)
}
