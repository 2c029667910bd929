import { execFile } from 'node:child_process';
import { AppError } from '@phalanx/kit';

export interface ProgramRun {
  readonly input?: string | Buffer;
  /** Ten seconds unless given. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface ProgramEnd {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end and answers how it ended. Rejects only when it can't be run, or took too long. */
export async function endOf(command: string, args: readonly string[], run: ProgramRun = {}): Promise<ProgramEnd> {
  const { input, timeoutMs = 10_000, signal } = run;
  return new Promise((resolve, reject) => {
    const child = execFile(
      command,
      args,
      {
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: 64 * 1024 * 1024,
        env: { ...process.env, LC_ALL: 'C' },
        ...(signal ? { signal } : {}),
      },
      (error, stdout, stderr) => {
        if (!error) return resolve({ code: 0, stdout, stderr });
        if (typeof error.code === 'number') return resolve({ code: error.code, stdout, stderr });
        const why = error.killed ? `did not end within ${timeoutMs} ms` : error.message;
        reject(new AppError('unavailable', 'lab.program', `${command} ${args.join(' ')}: ${why}\n${stderr}`, { cause: error }));
      },
    );
    // A program that ends without reading its input says why by its exit code.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

/** The same, answering the standard output. Throws with the program's own words when it ends with a failure. */
export async function outputOf(command: string, args: readonly string[], run: ProgramRun = {}): Promise<string> {
  const { code, stdout, stderr } = await endOf(command, args, run);
  if (code !== 0) throw new AppError('unavailable', 'lab.program', `${command} ${args.join(' ')} ended with ${code}: ${stderr || stdout}`);
  return stdout;
}
