import { composeServices } from '@theguild/federation-composition'
import { parse } from 'graphql'

/** Asks every subgraph for its part and makes one schema of them; in production your registry does this. */
export async function composeSupergraph(subgraphs: Record<string, string>): Promise<string> {
  const services = await Promise.all(
    Object.entries(subgraphs).map(async ([name, url]) => ({
      name,
      url,
      typeDefs: parse(await sdlOf(url)),
    })),
  )
  const { supergraphSdl, errors } = composeServices(services)
  if (!supergraphSdl) throw new Error(errors?.map(({ message }) => message).join('\n'))
  return supergraphSdl
}

async function sdlOf(url: string): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ _service { sdl } }' }),
  })
  const { data } = (await response.json()) as { data?: { _service: { sdl: string } } }
  if (!data) throw new Error(`${url} is no subgraph: is FEDERATION=on?`)
  return data._service.sdl
}
