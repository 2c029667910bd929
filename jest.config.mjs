/** One run over the whole tree. Packages resolve to their sources, so unit tests need no build; tests that start processes do. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/libs', '<rootDir>/agents', '<rootDir>/apps', '<rootDir>/test'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^@phalanx/(contracts|kit|seclang|inspection|proxy|trust|testing)$': '<rootDir>/libs/$1/src/index.ts',
    '^@phalanx/(appliance|engine|simulator)$': '<rootDir>/agents/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  setupFiles: ['<rootDir>/jest.setup.mjs'],
  maxWorkers: 2,
  workerIdleMemoryLimit: '512MB',
  testTimeout: 30_000,
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2023',
          keepClassNames: true,
        },
        module: { type: 'es6' },
      },
    ],
  },
};
