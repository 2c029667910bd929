import { describe, expect, it } from '@jest/globals';
import type { AppError } from '@phalanx/kit';
import { runTool } from './system-tools.js';

const failure = (work: Promise<string>): Promise<AppError> =>
  work.then(
    (output) => {
      throw new Error(`it succeeded: ${output}`);
    },
    (error: unknown) => error as AppError,
  );

describe('a system tool', () => {
  it('gets its input and answers its output, with no shell between', async () => {
    expect(await runTool('cat', [], { input: 'Ω\n' })).toBe('Ω\n');
    expect(await runTool('echo', ['$(id)', ';', 'ls'])).toBe('$(id) ; ls\n');
  });

  it('that refuses is an error with its own first line', async () => {
    const error = await failure(runTool('sh', ['-c', 'echo; echo bad rule >&2; echo more >&2; exit 3']));
    expect(error).toMatchObject({ kind: 'invalid', code: 'tool.refused', message: 'sh: bad rule', details: { exitCode: 3 } });
    expect(await failure(runTool('sh', ['-c', 'echo Operation not permitted >&2; exit 1']))).toMatchObject({ code: 'tool.forbidden' });
  });

  it('that is missing, hangs, says too much or is no longer wanted is ended', async () => {
    expect(await failure(runTool('phalanx-no-such-tool', []))).toMatchObject({ kind: 'unavailable', code: 'tool.missing' });
    expect(await failure(runTool('sleep', ['60'], { timeoutMs: 30 }))).toMatchObject({ kind: 'unavailable', code: 'tool.timeout' });
    expect(await failure(runTool('yes', [], { maxOutputBytes: 1000 }))).toMatchObject({ code: 'tool.output' });
    const stop = new AbortController();
    const ended = failure(runTool('sleep', ['60'], { signal: stop.signal }));
    stop.abort(new Error('enough'));
    expect(await ended).toMatchObject({ message: 'enough' });
  });
});
