export * from './generated/operations.js'
export type { TypedDocument } from './typed-document.js'
