import { defineConfig, globalIgnores } from 'eslint/config'
import prettier from 'eslint-config-prettier'
import tseslint from 'typescript-eslint'

// Each message names the alternative to the forbidden code.
const signposts = [
  [
    'MemberExpression[object.name="process"][property.name="env"]',
    'Read settings from Config; only main.ts and cli.ts hand the environment to compose/config.',
  ],
  [
    'CallExpression[callee.object.name="Date"][callee.property.name="now"]',
    'Ask the Clock, so that tests can move time.',
  ],
  [
    'NewExpression[callee.name="Date"][arguments.length=0]',
    'Ask the Clock, so that tests can move time.',
  ],
  [
    'CallExpression[callee.object.name="Math"][callee.property.name="random"]',
    'Use platform/crypto: Math.random is predictable.',
  ],
].map(([selector, message]) => ({ selector, message }))

export default defineConfig(
  // The front ends among the examples, and the applications of one test, are checked in their own packages.
  globalIgnores([
    ...['**/dist/', '**/generated/', 'coverage/', '**/data/'],
    ...['examples/apollo-react/', 'examples/urql/', 'bench/peers/'],
    'test/soak/consumers/',
  ]),
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      // Features extend an interface of the platform by declaration merging.
      '@typescript-eslint/no-empty-object-type': [
        'error',
        { allowInterfaces: 'with-single-extends' },
      ],
      '@typescript-eslint/require-await': 'off',
      // TypeGraphQL describes the schema with classes; some contain only decorated fields.
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  {
    files: ['src/**', 'packages/*/src/**'],
    rules: { 'no-restricted-syntax': ['error', ...signposts], 'no-console': 'error' },
  },
  {
    files: ['src/main.ts', 'src/cli.ts', 'src/platform/clock.ts', 'packages/verify/src/clock.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  { files: ['**/*.js', '**/*.mjs'], extends: [tseslint.configs.disableTypeChecked] },
  prettier,
)
