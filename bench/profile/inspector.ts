import { once } from 'node:events'
import { WebSocket } from 'ws'

interface Reply {
  readonly id?: number
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

/** Connects to a process that was started with --inspect (Chrome DevTools Protocol). */
export async function connectInspector(port: number) {
  const list = await fetch(`http://127.0.0.1:${port}/json/list`)
  const [target] = (await list.json()) as { webSocketDebuggerUrl: string }[]
  if (!target) throw new Error('The process has no inspector target. Start it with --inspect.')
  const socket = new WebSocket(target.webSocketDebuggerUrl)
  await once(socket, 'open')
  const pending = new Map<number, (reply: Reply) => void>()
  let lastId = 0
  socket.on('message', (data: Buffer) => {
    const reply = JSON.parse(data.toString()) as Reply
    if (reply.id !== undefined) pending.get(reply.id)?.(reply)
  })

  return {
    async send(method: string, params: Record<string, unknown> = {}): Promise<unknown> {
      const id = (lastId += 1)
      const reply = await new Promise<Reply>((resolve) => {
        pending.set(id, resolve)
        socket.send(JSON.stringify({ id, method, params }))
      })
      pending.delete(id)
      if (reply.error) throw new Error(`${method}: ${reply.error.message}`)
      return reply.result
    },
    close: () => {
      socket.close()
    },
  }
}
