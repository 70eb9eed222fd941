import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const benchFolder = fileURLToPath(new URL('..', import.meta.url))
export const peersFolder = fileURLToPath(new URL('../peers', import.meta.url))
