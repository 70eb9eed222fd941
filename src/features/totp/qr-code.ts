import { encode } from 'uqr'

const quietZone = 4 // modules, ISO/IEC 18004

/** A QR code as an SVG data URL: black on white with the quiet zone, so that phones read it in dark mode too. */
export function qrCodeDataUrl(text: string): string {
  const { data, size } = encode(text, { ecc: 'M', border: quietZone })
  const path = data.map((row, y) => rowPath(row, y)).join('')
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges">` +
    `<path fill="#fff" d="M0 0h${size}v${size}H0z"/><path stroke="#000" d="${path}"/></svg>`
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`
}

/** One line for each run of dark modules. */
function rowPath(row: readonly boolean[], y: number): string {
  let path = ''
  for (let x = 0; x < row.length; x += 1) {
    if (!row[x]) continue
    const start = x
    while (row[x + 1]) x += 1
    path += `M${start} ${y}.5h${x + 1 - start}`
  }
  return path
}
