/**
 * Whether all that makes the service fast is off: every promise holds both ways. Read nowhere else, because .ci/run
 * repeats with it only the test files that import this one.
 */
export const optimizationsOff = process.env['TEST_OPTIMIZATIONS'] === 'off'
