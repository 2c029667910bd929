import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { AppError, backoffMs, sleep, type Logger } from '@phalanx/kit';
import type { StandaloneOptions } from './standalone-options.js';

const START_DEADLINE_MS = 60_000;

interface Address {
  readonly address: string;
  readonly port: number;
}

/** Several processes of the stand-alone door behind one port. A dead one is replaced. */
export class StandaloneCluster {
  readonly #options: StandaloneOptions;
  readonly #logger: Logger;
  readonly #children = new Set<ChildProcess>();
  #isStopping = false;
  address: Address = { address: '', port: 0 };

  private constructor(options: StandaloneOptions, logger: Logger) {
    this.#options = options;
    this.#logger = logger;
  }

  /** The first process finds the port (and says what is wrong with the rules), then the others join it. */
  static async start(options: StandaloneOptions, logger: Logger): Promise<StandaloneCluster> {
    const cluster = new StandaloneCluster(options, logger);
    cluster.address = await cluster.#fork(options.listen, 0);
    for (let n = 1; n < options.workers; n++) await cluster.#fork(cluster.address, 0);
    return cluster;
  }

  async close(drainMs: number): Promise<void> {
    this.#isStopping = true;
    for (const child of this.#children) child.kill('SIGTERM');
    const until = performance.now() + drainMs + 1_000;
    while (this.#children.size > 0 && performance.now() < until) await sleep(20);
    for (const child of this.#children) child.kill('SIGKILL');
  }

  #arguments({ address, port }: Address): string[] {
    const { upstream, rules, mode, audit, auditHeaders } = this.#options;
    const host = (text: string): string => (text.includes(':') ? `[${text}]` : text);
    return [
      '--shared-port',
      ...['--listen', `${host(address)}:${port}`, '--upstream', `${upstream.protocol}://${host(upstream.host)}:${upstream.port}`],
      ...rules.flatMap((file) => ['--rules', file]),
      ...['--mode', mode, '--audit', audit],
      ...auditHeaders.flatMap((name) => ['--audit-header', name]),
    ];
  }

  #fork(listen: Address, failures: number): Promise<Address> {
    const main = fileURLToPath(new URL('../main.js', import.meta.url));
    const child = fork(main, this.#arguments(listen), { stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
    this.#children.add(child);
    let complaint = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-4_000);
      if (isListening) process.stderr.write(text);
    });
    let isListening = false;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        reject(new AppError('unavailable', 'engine.start-deadline', `a worker did not start within ${START_DEADLINE_MS} ms`));
      }, START_DEADLINE_MS);
      child.once('message', (message) => {
        clearTimeout(timer);
        isListening = true;
        const { address, port } = message as Address;
        resolve({ address, port });
      });
      child.once('exit', (code, signal) => {
        clearTimeout(timer);
        this.#children.delete(child);
        reject(new AppError('invalid', 'engine.worker-start', complaint.trim() || `a worker ended with ${signal ?? code}`));
        if (isListening && !this.#isStopping) void this.#replace(failures);
      });
    });
  }

  async #replace(failures: number): Promise<void> {
    this.#logger.warn('a worker ended and is replaced');
    await sleep(backoffMs(failures, { firstMs: 100, maxMs: 5_000 }));
    if (this.#isStopping) return;
    try {
      await this.#fork(this.address, failures);
    } catch (error) {
      this.#logger.error('a worker could not be replaced', { reason: error instanceof Error ? error.message : '' });
      await this.#replace(failures + 1);
    }
  }
}
