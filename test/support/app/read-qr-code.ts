import decode from 'qr/decode.js'

const scale = 4

/** Reads the QR code in an SVG data URL, drawn black on white. */
export function readQrCode(dataUrl: string): string {
  const [prefix = '', data = ''] = dataUrl.split(',')
  if (prefix !== 'data:image/svg+xml;base64') throw new Error(`not an SVG data URL: ${prefix}`)
  const svg = Buffer.from(data, 'base64').toString()
  const size = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1])
  if (!svg.includes(`<path fill="#fff" d="M0 0h${size}v${size}H0z"/>`)) throw new Error('no white')
  const [, path = ''] = /<path stroke="#000" d="([^"]*)"/.exec(svg) ?? []
  const width = size * scale
  const pixels = new Uint8Array(width * width * 4).fill(255)
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)\.5h(\d+)/g)) {
    for (let row = 0; row < scale; row += 1) {
      const start = (Number(y) * scale + row) * width + Number(x) * scale
      const end = start + Number(length) * scale
      for (let i = start; i < end; i += 1) pixels.fill(0, i * 4, i * 4 + 3)
    }
  }
  return decode({ width, height: width, data: pixels })
}

/** The modules of white around the code. Scanners need four (ISO/IEC 18004). */
export function quietZoneOf(dataUrl: string) {
  const svg = Buffer.from(dataUrl.split(',')[1] ?? '', 'base64').toString()
  const size = Number(/viewBox="0 0 (\d+) /.exec(svg)?.[1])
  const runs = [...svg.matchAll(/M(\d+) (\d+)\.5h(\d+)/g)].map((run) => run.slice(1).map(Number))
  const edges = runs.flatMap(([x = 0, y = 0, length = 0]) => [
    x,
    y,
    size - x - length,
    size - 1 - y,
  ])
  return Math.min(...edges)
}
