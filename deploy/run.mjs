// Runs a built program on the pinned Node (see node.mjs): `node deploy/run.mjs <script> [arguments]`.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { pinnedNode, root } from './node.mjs';

const [script, ...args] = process.argv.slice(2);
const path = `${root}/${script}`;
if (!existsSync(path)) {
  console.error(`${script} is not built yet. Run: npm ci && npm run build`);
  process.exit(1);
}
const child = spawn(pinnedNode(), ['--enable-source-maps', path, ...args], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal ? 1 : 0);
});
