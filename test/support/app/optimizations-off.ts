/**
 * Whether all optimizations are off. Every guarantee must hold with and without them. Only this file reads the
 * variable, because .ci/run repeats only the test files that import this file.
 */
export const optimizationsOff = process.env['TEST_OPTIMIZATIONS'] === 'off'
