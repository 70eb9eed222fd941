import type { OutgoingMail, Transport } from './transport.js'

const maxRecent = 50

export interface RecentMail extends Transport {
  /** Newest first. */
  readonly list: () => readonly OutgoingMail[]
  readonly find: (id: string) => OutgoingMail | undefined
}

/** Keeps the last sent e-mails in the memory of this process, for developers. */
export function createRecentMail(transport: Transport): RecentMail {
  let recent: OutgoingMail[] = []
  return {
    async send(mail, signal) {
      await transport.send(mail, signal)
      recent = [mail, ...recent.filter(({ id }) => id !== mail.id)].slice(0, maxRecent)
    },
    close: transport.close,
    list: () => recent,
    find: (wantedId) => recent.find(({ id }) => id === wantedId),
  }
}
