import { visit } from './visit.js'

const output = document.querySelector('output')
const visited = await visit(new URLSearchParams(location.search).get('url') ?? '')
if (output) output.textContent = JSON.stringify(visited)
