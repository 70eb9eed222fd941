import { writeFileSync } from 'node:fs'
import { formatConfigurationDocs, formatEnvExample } from './format-settings.js'

// Operators read these files without running code. A test checks that both match the settings.
const fromRoot = (path: string) => new URL(`../${path}`, import.meta.url)
writeFileSync(fromRoot('docs/configuration.md'), await formatConfigurationDocs())
writeFileSync(fromRoot('.env.example'), formatEnvExample())
