/** Two kinds of tests: `unit` (no network, no emulator) and `aws` (against the emulator of local/). Chosen with --selectProjects. */
const transform = {
  '^.+\\.(ts|js)$': ['@swc/jest', { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } }],
}
const common = {
  rootDir: '.',
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform,
  transformIgnorePatterns: ['/node_modules/', '/dist/', '/build/'],
  modulePathIgnorePatterns: ['<rootDir>/build/', '<rootDir>/dist/', '<rootDir>/.towpath/'],
}
export default {
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['\\.aws\\.test\\.ts$', '\\.run\\.test\\.ts$'],
      setupFilesAfterEnv: ['<rootDir>/test/support/no-network.ts'],
    },
    { ...common, displayName: 'aws', testMatch: ['<rootDir>/test/**/*.aws.test.ts'] },
    { ...common, displayName: 'run', testMatch: ['<rootDir>/test/**/*.run.test.ts'] },
  ],
}
