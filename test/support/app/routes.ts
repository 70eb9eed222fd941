import type { TestApp } from './app.js'

/** The path of every route in the server's own table, with parameters filled in. */
export function pathsOf({ app }: TestApp): string[] {
  const parentParts: string[] = []
  return app.server
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', part = ''] = /^([│ ]*)[├└]── (\S+) \(/.exec(line) ?? []
      if (part === '') return []
      parentParts.splice(indent.length / 4, Infinity, part)
      return [
        parentParts
          .join('')
          .replace(/:\w+/g, 'x')
          .replace(/^\/?\*/, '/x'),
      ]
    })
}
