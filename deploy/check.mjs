// The quick checks: format, lint, types, import boundaries, unused code. All of them run, then the failed ones are named.
import { spawn } from 'node:child_process';
import { pinnedNode, root } from './node.mjs';

const bin = (path) => `${root}/node_modules/${path}`;
const CHECKS = [
  ['format', bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'],
  ['types', bin('typescript-7/bin/tsc'), '-b', 'tsconfig.json'],
  [
    'boundaries',
    bin('dependency-cruiser/bin/dependency-cruiser.mjs'),
    '--config',
    '.dependency-cruiser.cjs',
    'apps',
    'agents',
    'libs',
    'test',
  ],
  ['unused', bin('knip/bin/knip.js')],
  ['lint', bin('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings', '--format', 'unix', '.'],
];

function run([name, script, ...args]) {
  return new Promise((resolve) => {
    const started = Date.now();
    let output = '';
    const child = spawn(pinnedNode(), [script, ...args], { cwd: root });
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => {
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      console.log(`check: ${name} ${code === 0 ? 'ok' : 'FAILED'} ${seconds} s`);
      if (code !== 0) console.log(output);
      resolve({ name, ok: code === 0 });
    });
  });
}

const wanted = process.argv.slice(2);
const queue = CHECKS.filter(([name]) => wanted.length === 0 || wanted.includes(name));
// Types first: lint and the boundaries read what it emits. The rest share the two cores.
const results = [];
const types = queue.findIndex(([name]) => name === 'types');
if (types >= 0) results.push(await run(queue.splice(types, 1)[0]));
results.push(...(await Promise.all(queue.map(run))));
const failed = results.filter((r) => !r.ok).map((r) => r.name);
if (failed.length > 0) {
  console.log(`check: ${failed.join(', ')} failed`);
  process.exit(1);
}
