import { readFileSync } from 'node:fs'

// The layers: a feature may import only from lower layers, not from its own layer or a higher one.
// src/compose/features.ts lists the features that declare something, in the order of the layers.
const list = readFileSync(new URL('src/compose/features.ts', import.meta.url), 'utf8')
const declaring = [
  ...list.matchAll(/^import \{ feature as .*'\.\.\/features\/([a-z-]+)\/index\.js'$/gm),
]
const ladder = [
  ['audit', 'limits', 'passwords'],
  ...declaring.map(([, feature]) => [feature]),
  ['gateways'],
  ['hosted-pages'],
]

const downwards = ladder.flatMap((rung, height) =>
  rung.map((feature) => {
    const below = ladder.slice(0, height).flat()
    return {
      name: `${feature}-imports-downwards`,
      severity: 'error',
      comment: `${feature}/ may use ${below.join(', ') || 'the platform only'}.`,
      from: { path: `^src/features/${feature}/` },
      to: {
        path: '^src/features/',
        pathNot: `^src/features/(${[...below, feature].join('|')})/`,
      },
    }
  }),
)

const everyFeature = ladder.flat().join('|')
const rule = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to })

export default {
  forbidden: [
    ...downwards,
    rule(
      'on-the-ladder',
      'Give a new feature its layer first: its place in src/compose/features.ts.',
      { path: '^src/' },
      { path: `^src/features/(?!(?:${everyFeature})/)` },
    ),
    rule(
      'front-door',
      'Import another feature through its index.ts.',
      { path: '^src/(?:features/([^/]+)/|boot/|compose/|[^/]+\\.ts)' },
      {
        path: '^src/features/([^/]+)/',
        pathNot: ['^src/features/$1/', '^src/features/[^/]+/index\\.ts$'],
      },
    ),
    rule(
      'no-way-round',
      'Inside a feature, import the file, not the feature’s own index.ts.',
      { path: '^src/features/([^/]+)/', pathNot: '/index\\.ts$' },
      { path: '^src/features/$1/index\\.ts$' },
    ),
    rule(
      'platform-knows-no-feature',
      'The platform must not depend on features.',
      { path: '^src/platform/' },
      { path: '^src/(features/|boot/|compose/|[^/]+\\.ts)' },
    ),
    rule(
      'features-know-no-composition',
      'Composition passes to a feature the services that it needs.',
      { path: '^src/features/' },
      { path: '^src/(boot/|compose/|[^/]+\\.ts)' },
    ),
    rule(
      'client-stands-alone',
      'Front ends bundle @latchkey/client, which is published without the rest.',
      { path: '^packages/client/' },
      { path: '^(src|packages/(?!client/))' },
    ),
    rule(
      'verifier-stands-alone',
      'Other services load @latchkey/verify, which is published without the rest.',
      { path: '^packages/verify/' },
      { path: '^(src|packages/(?!verify/))' },
    ),
    rule(
      'server-stands-alone',
      'The published package latchkey contains neither package.',
      { path: '^src/' },
      { path: '^packages/' },
    ),
    rule(
      'boot-on-top',
      'Composition does not know the process that runs it.',
      { path: '^src/compose/' },
      { path: '^src/(boot/|[^/]+\\.ts)' },
    ),
    rule(
      'http-below-graphql',
      'GraphQL is served over HTTP, which works without it.',
      { path: '^src/platform/http/' },
      { path: '^src/platform/graphql/' },
    ),
    rule(
      'zod-makes-no-code',
      'Zod generates code from strings unless platform/zod.ts is loaded first.',
      { path: '^src/', pathNot: '^src/platform/zod\\.ts$' },
      { path: 'node_modules/zod/' },
    ),
    rule('no-cycles', 'Nothing may depend on itself.', {}, { circular: true }),
    rule(
      'prisma-in-stores',
      'Queries live in *.store.ts.',
      { path: '^src/', pathNot: '(\\.store\\.ts$|^src/platform/database/|^src/generated/)' },
      { path: '(@prisma/client|^src/generated/prisma)', dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'graphql-at-the-edge',
      'Operations do not know GraphQL.',
      {
        path: '^src/features/',
        // gateways/ is about GraphQL itself.
        pathNot: '\\.(resolver|types|decorator)\\.ts$|/index\\.ts$|^src/features/gateways/',
      },
      {
        path: 'node_modules/(type-graphql|graphql|@apollo)/',
        dependencyTypesNot: ['type-only'],
      },
    ),
  ],
  options: {
    doNotFollow: { path: '(node_modules|^src/generated|^packages/client/src/generated)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
}
