// An SMTP relay on the port in its first argument, until it is killed. It writes each message to the file in its second
// argument before it accepts it. The messages `refuse` and `take` set its answer.
import { appendFileSync } from 'node:fs'
import { SMTPServer } from 'smtp-server'
import { smtpError } from '../../support/mail/mailbox.js'

const [port = '0', file = ''] = process.argv.slice(2)
let refusing = false
process.on('message', (word) => (refusing = word === 'refuse'))

const server = new SMTPServer({
  disabledCommands: ['STARTTLS'],
  authOptional: true,
  disableReverseLookup: true,
  onRcptTo: ({ address }, _session, callback) => {
    if (address.startsWith('gone')) callback(smtpError(550, 'no such user'))
    else callback(refusing ? smtpError(450, 'try later') : null)
  },
  onData: (stream, session, callback) => {
    let source = ''
    stream.on('data', (chunk: Buffer) => (source += chunk.toString()))
    stream.on('end', () => {
      const [, id = ''] = /^Message-ID: <([^@]+)@/im.exec(source) ?? []
      appendFileSync(file, `${id} ${session.envelope.rcptTo[0]?.address ?? ''}\n`)
      callback(null)
    })
  },
})
server.on('error', () => undefined)
server.listen(Number(port), '127.0.0.1', () => process.send?.('ready'))
