/** Import boundaries. Each rule says why it stands; docs/architecture.md draws the same arrows. */
const NPM = '(^|node_modules/)';
/** Tests, and the fixtures that only tests import. */
const TEST = '(\\.test\\.tsx?$|/src/testing/)';
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** What each package may import of ours. A package that is not named here may import nothing of ours. */
const MAY_IMPORT = {
  'libs/contracts': [],
  'libs/kit': [],
  'libs/seclang': ['libs/contracts', 'libs/kit'],
  'libs/inspection': ['libs/contracts', 'libs/kit', 'libs/seclang'],
  'libs/proxy': ['libs/contracts', 'libs/kit', 'libs/inspection'],
  'libs/trust': ['libs/contracts', 'libs/kit'],
  'libs/testing': ['libs/contracts', 'libs/kit'],
  'apps/controller': ['libs/contracts', 'libs/kit', 'libs/trust'],
  'apps/console': ['libs/contracts'],
  'apps/cli': ['libs/contracts', 'libs/kit'],
  'agents/appliance': ['libs/contracts', 'libs/kit', 'libs/trust'],
  'agents/engine': ['libs/contracts', 'libs/kit', 'libs/seclang', 'libs/inspection', 'libs/proxy'],
  'agents/guard': ['libs/contracts', 'libs/kit'],
  'agents/simulator': ['libs/contracts', 'libs/kit', 'agents/appliance'],
};
const directions = Object.entries(MAY_IMPORT).map(([pkg, allowed]) =>
  rule(
    `direction-${pkg.replace('/', '-')}`,
    'direction between packages',
    { path: `^${pkg}/src/`, pathNot: TEST },
    {
      path: '^(libs|apps|agents)/',
      pathNot: [pkg, ...allowed].map((p) => `^${p}/`),
    },
  ),
);

module.exports = {
  forbidden: [
    rule('no-circular', 'a cycle hides the direction of a dependency', {}, { circular: true }),
    rule('no-unresolved', 'an import that resolves to nothing', {}, { couldNotResolve: true }),
    ...directions,
    rule(
      'package-only-through-index',
      'a package is its src/index.ts',
      { path: '^(apps|agents|libs)/([^/]+)/' },
      {
        path: '^(libs|agents|apps)/([^/]+)/src/',
        pathNot: ['^$1/$2/', '^(libs|agents|apps)/[^/]+/src/index\\.ts$'],
      },
    ),
    rule(
      'feature-only-through-index',
      'another feature is its index.ts',
      { path: '^((?:apps|agents)/[^/]+/src/features)/([^/]+)/' },
      {
        path: '^$1/[^/]+/',
        pathNot: ['^$1/$2/', '^$1/[^/]+/index\\.ts$'],
      },
    ),
    rule(
      'console-features-are-apart',
      'pages are composed in router.tsx only',
      { path: '^(apps/console/src/features)/([^/]+)/' },
      {
        path: '^$1/',
        pathNot: '^$1/$2/',
      },
    ),
    rule(
      'platform-below-features',
      'the platform knows no feature',
      { path: '^(?:apps|agents)/[^/]+/src/platform/', pathNot: TEST },
      { path: '/src/features/' },
    ),
    rule(
      'libs-have-no-framework',
      'libs run without Nest, an ORM, a queue or a broker client',
      { path: '^libs/(?!testing/)' },
      {
        path: `${NPM}(@nestjs/|typeorm/|bullmq/|mqtt/)`,
      },
    ),
    rule(
      'typeorm-stays-in-persistence',
      'SQL has one door per feature',
      {
        path: '^apps/controller/src/',
        pathNot: `(\\.(repository|entity|persistence)\\.ts|/migrations/|/platform/db/|${TEST})`,
      },
      { path: `${NPM}(@nestjs/)?typeorm/` },
    ),
    rule('nobody-imports-a-test', 'tests and their fixtures are leaves', { pathNot: TEST }, { path: TEST }),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/dist/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['source', 'import', 'node', 'default'] },
  },
};
