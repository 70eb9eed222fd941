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

const onlyLowerFeatures = ladder.flatMap((layer, height) =>
  layer.map((feature) => {
    const below = ladder.slice(0, height).flat()
    return {
      name: `${feature}-imports-only-lower-features`,
      severity: 'error',
      comment: `${feature}/ may import only ${[...below, 'the platform'].join(', ')}.`,
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
    ...onlyLowerFeatures,
    rule(
      'every-feature-has-a-place',
      'Add a new feature to src/compose/features.ts first: its place there decides what it may import.',
      { path: '^src/' },
      { path: `^src/features/(?!(?:${everyFeature})/)` },
    ),
    rule(
      'import-features-through-their-index',
      'Import another feature through its index.ts.',
      { path: '^src/(?:features/([^/]+)/|boot/|compose/|[^/]+\\.ts)' },
      {
        path: '^src/features/([^/]+)/',
        pathNot: ['^src/features/$1/', '^src/features/[^/]+/index\\.ts$'],
      },
    ),
    rule(
      'no-import-of-the-own-index',
      'Inside a feature, import the file, not the feature’s own index.ts.',
      { path: '^src/features/([^/]+)/', pathNot: '/index\\.ts$' },
      { path: '^src/features/$1/index\\.ts$' },
    ),
    rule(
      'platform-imports-no-feature',
      'The platform must not import features: pass them in as arguments.',
      { path: '^src/platform/' },
      { path: '^src/(features/|boot/|compose/|[^/]+\\.ts)' },
    ),
    rule(
      'features-import-no-composition',
      'Features get their services as arguments, so they import neither src/compose nor src/boot.',
      { path: '^src/features/' },
      { path: '^src/(boot/|compose/|[^/]+\\.ts)' },
    ),
    rule(
      'client-imports-only-itself',
      '@latchkey/client is published alone, so it must not import the server or another package.',
      { path: '^packages/client/' },
      { path: '^(src|packages/(?!client/))' },
    ),
    rule(
      'verifier-imports-only-itself',
      '@latchkey/verify is published alone, so it must not import the server or another package.',
      { path: '^packages/verify/' },
      { path: '^(src|packages/(?!verify/))' },
    ),
    rule(
      'server-imports-no-package',
      'The published server does not contain the other packages.',
      { path: '^src/' },
      { path: '^packages/' },
    ),
    rule(
      'compose-imports-no-boot',
      'src/compose must not import the code that starts and stops the process.',
      { path: '^src/compose/' },
      { path: '^src/(boot/|[^/]+\\.ts)' },
    ),
    rule(
      'http-imports-no-graphql',
      'The HTTP layer must work without GraphQL.',
      { path: '^src/platform/http/' },
      { path: '^src/platform/graphql/' },
    ),
    rule(
      'zod-only-through-the-platform',
      'Import platform/zod.ts instead: it stops Zod from generating code from strings.',
      { path: '^src/', pathNot: '^src/platform/zod\\.ts$' },
      { path: 'node_modules/zod/' },
    ),
    rule('no-cycles', 'Imports must not form a cycle.', {}, { circular: true }),
    rule(
      'prisma-only-in-stores',
      'Only *.store.ts files may query the database.',
      { path: '^src/', pathNot: '(\\.store\\.ts$|^src/platform/database/|^src/generated/)' },
      { path: '(@prisma/client|^src/generated/prisma)', dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'no-graphql-in-operations',
      'Operations return outcomes; resolvers translate them to GraphQL.',
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
