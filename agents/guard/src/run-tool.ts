import { execFile } from 'node:child_process';
import { AppError } from '@phalanx/kit';

const DEADLINE_MS = 5_000;

interface ToolAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How the guard runs `nft` and `conntrack`. Throws `unavailable` with the program's own first line when it ends with a code above `worst` (0 unless given). */
export type RunTool = (
  command: string,
  args: readonly string[],
  run?: { readonly input?: string; readonly worst?: number },
) => Promise<ToolAnswer>;

const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

export const runTool: RunTool = (command, args, { input = '', worst = 0 } = {}) =>
  new Promise((resolve, reject) => {
    const options = { timeout: DEADLINE_MS, killSignal: 'SIGKILL', maxBuffer: 1024 * 1024, env } as const;
    const child = execFile(command, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : Infinity;
      if (code <= worst) return resolve({ code, stdout, stderr });
      const first = stderr.split('\n').find((line) => line.trim() !== '') ?? error?.message ?? '';
      reject(new AppError('unavailable', 'guard.tool', `${command}: ${first.trim().slice(0, 500)}`, { cause: error }));
    });
    // A program that ends without reading its input says why by its exit code.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
