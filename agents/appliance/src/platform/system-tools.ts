import { spawn } from 'node:child_process';
import { AppError } from '@phalanx/kit';

interface ToolRun {
  /** Written to its standard input; it gets an empty one otherwise. */
  readonly input?: string | Buffer;
  /** Ten seconds unless given. */
  readonly timeoutMs?: number;
  /** Its standard output beyond this is an error; 64 MiB unless given. */
  readonly maxOutputBytes?: number;
  /** Ends it; the rejection is the signal's reason. */
  readonly signal?: AbortSignal;
}

/** How the rest of the agent runs the system's own programs (`nft`, `ip`, `keepalived`, …). */
export type RunTool = (command: string, args: readonly string[], run?: ToolRun) => Promise<string>;

const DEADLINE_MS = 10_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const KEPT_ERROR_CHARACTERS = 4_000;
/** Where a minimal `PATH` would not look. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Runs a program without a shell and answers its standard output. Throws `invalid` with code `tool.refused` and the program's own first line
 * when it ends with a failure (all it said is in `details.output`), and `unavailable` when it is missing (`tool.missing`), isn't allowed to
 * (`tool.forbidden`), takes too long (`tool.timeout`) or says too much (`tool.output`).
 */
export const runTool: RunTool = (command, args, run = {}) => {
  const { input, timeoutMs = DEADLINE_MS, maxOutputBytes = MAX_OUTPUT_BYTES, signal } = run;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { PATH, LC_ALL: 'C', TZ: 'UTC' } });
    const chunks: Buffer[] = [];
    let bytes = 0;
    let complaint = '';
    let failure: Error | null = null;
    const end = (error: Error) => {
      failure ??= error;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(
      () => end(new AppError('unavailable', 'tool.timeout', `${command} did not end within ${timeoutMs} ms`)),
      timeoutMs,
    );
    const aborted = () => end(signal?.reason as Error);
    signal?.addEventListener('abort', aborted, { once: true });
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxOutputBytes) end(new AppError('unavailable', 'tool.output', `${command} said more than ${maxOutputBytes} bytes`));
      else chunks.push(chunk);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(0, KEPT_ERROR_CHARACTERS);
    });
    // A program that ends without reading its input says why by its exit code.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.once('error', (cause: NodeJS.ErrnoException) => {
      failure ??= new AppError('unavailable', 'tool.missing', `${command} can't be run: ${cause.code ?? cause.message}`, { cause });
    });
    child.once('close', (code, killed) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
      const output = Buffer.concat(chunks);
      if (failure) reject(failure);
      else if (code === 0) resolve(output.toString('utf8'));
      else reject(refusal(command, code, killed, complaint || output.toString('utf8', 0, KEPT_ERROR_CHARACTERS)));
    });
  });
};

function refusal(command: string, code: number | null, killed: NodeJS.Signals | null, said: string): AppError {
  const first = said.split('\n').find((line) => line.trim() !== '') ?? (killed ? `ended by ${killed}` : `ended with ${code}`);
  const message = `${command}: ${first.trim().slice(0, 500)}`;
  if (/operation not permitted|permission denied|must be root/i.test(said)) return new AppError('unavailable', 'tool.forbidden', message);
  return new AppError('invalid', 'tool.refused', message, { details: { exitCode: code, output: said } });
}
