/** Acts like a browser's localStorage, with accessible content. */
export function createMemoryStorage(items = new Map<string, string>()) {
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  }
}

/** React Native's AsyncStorage: every result is asynchronous. */
export function createAsyncStorage(items = new Map<string, string>()) {
  const storage = createMemoryStorage(items)
  const nextTick = () => new Promise((resolve) => setImmediate(resolve))
  return {
    items,
    getItem: async (key: string) => nextTick().then(() => storage.getItem(key)),
    setItem: async (key: string, value: string) =>
      nextTick().then(() => {
        storage.setItem(key, value)
      }),
    removeItem: async (key: string) =>
      nextTick().then(() => {
        storage.removeItem(key)
      }),
  }
}
