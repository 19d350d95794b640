/** Three kinds of tests: `unit` (no network, no emulator), `aws` (against the emulator of local/) and `run` (whole programs). Chosen with --selectProjects. */
const transform = {
  '^.+\\.(ts|js)$': ['@swc/jest', { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } }],
}
const common = {
  rootDir: '.',
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform,
  transformIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.towpath/'],
}
/** Of tests that start processes. */
const processes = { testEnvironment: '<rootDir>/test/support/environment.ts' }
export default {
  // Milliseconds, and for what hangs alone: no test is to end sooner on a busy machine than on a quiet one.
  testTimeout: 600_000,
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['\\.aws\\.test\\.ts$', '\\.run\\.test\\.ts$'],
      setupFilesAfterEnv: ['<rootDir>/test/support/no-network.ts'],
    },
    { ...common, ...processes, displayName: 'aws', testMatch: ['<rootDir>/test/**/*.aws.test.ts'] },
    {
      ...common,
      ...processes,
      displayName: 'run',
      testMatch: ['<rootDir>/test/**/*.run.test.ts'],
      globalSetup: '<rootDir>/test/support/prepare.ts',
      globalTeardown: '<rootDir>/test/support/tidy.ts',
    },
  ],
}
