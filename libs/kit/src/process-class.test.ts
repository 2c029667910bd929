import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { getPriority, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import type { Separation } from './process-class.js';

const BUILT = join(dirname(fileURLToPath(import.meta.url)), '../dist/index.js');
const isRoot = process.getuid?.() === 0;

/** Niceness of each thread of a process that puts itself into a class and then starts a worker thread. */
async function nicenessOf(kind: string): Promise<number[]> {
  const script = `import { separate } from ${JSON.stringify(BUILT)};
    import { Worker } from 'node:worker_threads';
    console.log(JSON.stringify(separate('${kind}', { box: 'test', cgroups: null, memoryBytes: 1e9 })));
    new Worker('setInterval(() => undefined, 1000)', { eval: true }).once('online', () => console.log('up'));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  try {
    let said = '';
    for await (const chunk of child.stdout) {
      said += String(chunk);
      if (said.includes('up\n')) break;
    }
    expect((JSON.parse(said.split('\n')[0]!) as { problems: string[] }).problems).toEqual([]);
    const tasks = `/proc/${child.pid}/task`;
    return readdirSync(tasks).map((thread) => getPriority(Number(thread)));
  } finally {
    child.kill('SIGKILL');
  }
}

/** In a process of its own: this one stays as it is. */
function separateElsewhere(cgroups: string): Separation {
  const script = `import { separate } from ${JSON.stringify(BUILT)};
    console.log(JSON.stringify(separate('agent', { box: 'b1', cgroups: ${JSON.stringify(cgroups)}, memoryBytes: 1000 })));`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', timeout: 20_000 });
  return JSON.parse(stdout) as Separation;
}

describe('separation', () => {
  it('puts every thread of a process into its class', async () => {
    const agent = await nicenessOf('agent');
    expect(agent.length).toBeGreaterThan(4);
    expect(new Set(agent)).toEqual(new Set([10]));
  });

  if (isRoot)
    it('puts the engine before everything that manages it, and the guard before both', async () => {
      expect(new Set(await nicenessOf('engine'))).toEqual(new Set([-5]));
      expect(new Set(await nicenessOf('guard'))).toEqual(new Set([-10]));
    });
  else console.log('skipped: only root may put a process before others');

  it('makes control groups where it can, with their shares', () => {
    const root = mkdtempSync(join(tmpdir(), 'phalanx-cgroups-'));
    try {
      // As the kernel would show them.
      mkdirSync(join(root, 'phalanx/agent-b1'), { recursive: true });
      for (const folder of [root, join(root, 'phalanx')]) writeFileSync(join(folder, 'cgroup.controllers'), 'cpuset cpu io memory pids\n');
      writeFileSync(join(root, 'phalanx/agent-b1/memory.max'), 'max\n');
      const { cgroup } = separateElsewhere(root);
      const read = (path: string) => readFileSync(join(root, path), 'utf8');
      expect(cgroup).toBe('phalanx/agent-b1');
      expect(read('cgroup.subtree_control')).toBe('+cpu +memory');
      expect([read('phalanx/agent-b1/cpu.weight'), read('phalanx/agent-b1/memory.max')]).toEqual(['20', '500']);
      expect(Number(read('phalanx/agent-b1/cgroup.procs'))).toBeGreaterThan(0);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });

  it('says what it could not do, and goes on', () => {
    const { cgroup, problems } = separateElsewhere('/dev/null/nowhere');
    expect(cgroup).toBeNull();
    expect(problems[0]).toMatch(/nowhere/);
  });
});
