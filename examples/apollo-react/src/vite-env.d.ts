interface ImportMetaEnv {
  readonly VITE_LATCHKEY_URL?: string
}
