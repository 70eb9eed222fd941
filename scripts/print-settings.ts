import { writeFileSync } from 'node:fs'
import { configurationText, envExampleText } from './settings-text.js'

// What operators read without running anything; a test keeps both equal to the table.
const at = (path: string) => new URL(`../${path}`, import.meta.url)
writeFileSync(at('docs/configuration.md'), await configurationText())
writeFileSync(at('.env.example'), envExampleText())
