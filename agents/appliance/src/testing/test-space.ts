import { randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { type RunTool, runTool } from '../platform/system-tools.js';

/** A network namespace for one test file: `run` runs programs in it. */
export interface TestSpace {
  readonly name: string;
  readonly run: RunTool;
  close(): void;
}

/** Null, with the reason printed, where this account may not make one. */
export function openTestSpace(what: string): TestSpace | null {
  const name = `phx-${randomBytes(4).toString('hex')}`;
  try {
    execFileSync('ip', ['netns', 'add', name], { stdio: 'pipe' });
    execFileSync('ip', ['netns', 'exec', name, 'ip', 'link', 'set', 'lo', 'up'], { stdio: 'pipe' });
  } catch (error) {
    if (process.env.CI) throw error;
    console.log(
      `skipped: ${what} needs root and network namespaces (${error instanceof Error ? error.message.split('\n')[0] : String(error)})`,
    );
    return null;
  }
  return {
    name,
    run: (command, args, run) => runTool('ip', ['netns', 'exec', name, command, ...args], run),
    close: () => execFileSync('ip', ['netns', 'del', name]),
  };
}
