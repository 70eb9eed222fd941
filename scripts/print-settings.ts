import { writeFileSync } from 'node:fs'
import { formatConfigurationDocs, formatEnvExample } from './format-settings.js'

// What operators read without running anything; a test keeps both equal to the table.
const fromRoot = (path: string) => new URL(`../${path}`, import.meta.url)
writeFileSync(fromRoot('docs/configuration.md'), await formatConfigurationDocs())
writeFileSync(fromRoot('.env.example'), formatEnvExample())
