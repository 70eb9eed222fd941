import { BREAK, Kind, parse, visit } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { TrustedDocuments } from './trusted-documents.js'

const maxDocuments = 1_000
const maxCharacters = 2_000_000
const maxDocumentLength = 20_000

/**
 * The store of automatic persisted queries, an LRU cache. A client whose document was evicted sends it once more.
 * Documents that contain strings are never stored: an attacker could send hashes to find out which password, token or
 * address another client wrote into a document, and no limit would count the guesses. With trusted documents, the
 * store contains only those: the operator wrote them, and clients cannot add any.
 */
export function createPersistedQueries(trusted: TrustedDocuments | null) {
  if (trusted) {
    return {
      get: (key: string) => Promise.resolve(trusted.documents.get(extractHash(key))),
      set: () => Promise.resolve(),
      delete: () => Promise.resolve(false),
    }
  }
  const cache = new LRUCache<string, string>({
    max: maxDocuments,
    maxSize: maxCharacters,
    maxEntrySize: maxDocumentLength,
    sizeCalculation: (document) => document.length,
  })
  return {
    get: (key: string) => Promise.resolve(cache.get(key)),
    set: (key: string, document: string) => {
      if (!containsString(document)) cache.set(key, document)
      return Promise.resolve()
    },
    delete: (key: string) => Promise.resolve(cache.delete(key)),
  }
}

/**
 * Whether a validated document contains a string: in an argument, an object, a list, or the default of a variable.
 * Documents without a quotation mark are not parsed again.
 */
function containsString(document: string): boolean {
  if (!document.includes('"')) return false
  let found = false
  visit(parse(document, { noLocation: true }), {
    [Kind.STRING]: () => {
      found = true
      return BREAK
    },
  })
  return found
}

/** Removes the prefix `apq:`, which Apollo Server adds. */
const extractHash = (key: string) => key.slice(key.indexOf(':') + 1)
