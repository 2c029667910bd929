// `npm start`: installs what is missing, builds, and runs the whole product with a demo fleet until Ctrl-C.
import { spawn } from 'node:child_process';
import { ensureBuild, ensureModules } from './bootstrap.mjs';
import { pinnedNode, root } from './node.mjs';
import { ensurePackages, isRoot, PAIR_PACKAGES, RUN_PACKAGES, tryPackages } from './packages.mjs';

ensurePackages(RUN_PACKAGES);
if (isRoot) tryPackages(PAIR_PACKAGES);
ensureModules();
ensureBuild();

// In a group of its own: a terminal's Ctrl-C then reaches this process alone, which hands it on once.
const child = spawn(pinnedNode(), ['--enable-source-maps', `${root}/libs/testing/dist/demo/main.js`], {
  cwd: root,
  // The channel ends with this process, however it ends, and the demo with the channel.
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  detached: true,
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal ? 1 : 0);
});
